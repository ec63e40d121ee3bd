// Package lines is what the client programs have in common: calls that come in on stdin and what became of them on stdout,
// one JSON object a line. ../README.md has the lines.
package lines

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Command asks for a call, or with Cancel for its end.
type Command struct {
	ID      int             `json:"id"`
	To      string          `json:"to"`
	Card    string          `json:"card"`
	RPC     string          `json:"rpc"`
	Request json.RawMessage `json:"request"`
	Cancel  int             `json:"cancel"`
}

// CardBase is the address that an SDK puts the card's well-known path behind.
func (c Command) CardBase() string {
	return strings.TrimSuffix(c.Card, "/.well-known/agent-card.json")
}

// Error is the SDK's error that a call ended with.
type Error struct {
	Error   string `json:"error"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type idKey struct{}

var stdout sync.Mutex

func tell(what map[string]any) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	stdout.Lock()
	defer stdout.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// Message tells a message of the answer.
func Message(ctx context.Context, message any) {
	tell(map[string]any{"id": ctx.Value(idKey{}), "message": message})
}

func tellTransport(ctx context.Context) {
	tell(map[string]any{"id": ctx.Value(idKey{}), "transport": "grpc"})
}

// DialOptions are for the SDK's gRPC transport: no TLS, and each call is told.
func DialOptions() []grpc.DialOption {
	unary := func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn,
		invoker grpc.UnaryInvoker, options ...grpc.CallOption) error {
		tellTransport(ctx)
		return invoker(ctx, method, request, reply, conn, options...)
	}
	stream := func(ctx context.Context, description *grpc.StreamDesc, conn *grpc.ClientConn, method string,
		streamer grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
		tellTransport(ctx)
		return streamer(ctx, description, conn, method, options...)
	}
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithChainUnaryInterceptor(unary),
		grpc.WithChainStreamInterceptor(stream),
	}
}

// Serve makes the calls that stdin asks for, several at once, until it ends.
func Serve(run func(context.Context, Command) error, endOf func(error) Error) {
	var mutex sync.Mutex
	cancels := map[int]context.CancelFunc{}
	start := func(command Command) {
		ctx, cancel := context.WithCancel(context.WithValue(context.Background(), idKey{}, command.ID))
		mutex.Lock()
		cancels[command.ID] = cancel
		mutex.Unlock()
		go func() {
			defer cancel()
			var end any = struct{}{}
			if err := run(ctx, command); err != nil {
				end = endOf(err)
			}
			tell(map[string]any{"id": command.ID, "end": end})
		}()
	}

	tell(map[string]any{"ready": true})
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	for input.Scan() {
		var command Command
		if err := json.Unmarshal(input.Bytes(), &command); err != nil {
			panic(err)
		}
		if command.Cancel == 0 {
			start(command)
			continue
		}
		mutex.Lock()
		cancel := cancels[command.Cancel]
		mutex.Unlock()
		cancel()
	}
}
