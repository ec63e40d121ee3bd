// The gRPC client of a2a-go v2, which speaks A2A 1.0, as a program: it makes the calls that it is told to make, with the
// SDK's own client, and tells what the SDK made of them. It ends when its stdin does.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2aclient"
	"github.com/a2aproject/a2a-go/v2/a2aclient/agentcard"
	a2agrpc "github.com/a2aproject/a2a-go/v2/a2agrpc/v1"

	"sluice.test/interop/lines"
)

type client = a2aclient.Client

var factory = a2aclient.NewFactory(a2agrpc.WithGRPCTransport(lines.DialOptions()...))

// By the agent's card, or as a program would that was told of the address.
func clientFor(ctx context.Context, command lines.Command) (*client, error) {
	if command.Card == "" {
		endpoint := a2a.AgentInterface{
			URL: command.To, ProtocolBinding: a2a.TransportProtocolGRPC, ProtocolVersion: a2a.Version,
		}
		return factory.CreateFromEndpoints(ctx, []*a2a.AgentInterface{&endpoint})
	}
	card, err := agentcard.NewResolver(nil).Resolve(ctx, command.CardBase())
	if err != nil {
		return nil, err
	}
	return factory.CreateFromCard(ctx, card)
}

type rpc func(context.Context, *client, json.RawMessage) error

func unary[Request, Answer any](method func(*client, context.Context, *Request) (Answer, error)) rpc {
	return func(ctx context.Context, c *client, raw json.RawMessage) error {
		var request Request
		if err := json.Unmarshal(raw, &request); err != nil {
			return err
		}
		answer, err := method(c, ctx, &request)
		if err == nil {
			lines.Message(ctx, answer)
		}
		return err
	}
}

func streaming[Request any](method func(*client, context.Context, *Request) iter.Seq2[a2a.Event, error]) rpc {
	return func(ctx context.Context, c *client, raw json.RawMessage) error {
		var request Request
		if err := json.Unmarshal(raw, &request); err != nil {
			return err
		}
		for event, err := range method(c, ctx, &request) {
			if err != nil {
				return err
			}
			lines.Message(ctx, a2a.StreamResponse{Event: event})
		}
		return nil
	}
}

// What was sent with gives a task or a message: it is put back, so that all SDKs' answers look alike.
func send(c *client, ctx context.Context, request *a2a.SendMessageRequest) (a2a.StreamResponse, error) {
	result, err := c.SendMessage(ctx, request)
	return a2a.StreamResponse{Event: result}, err
}

func listPushConfigs(c *client, ctx context.Context, request *a2a.ListTaskPushConfigRequest) (any, error) {
	configs, err := c.ListTaskPushConfigs(ctx, request)
	return map[string]any{"configs": configs}, err
}

func deletePushConfig(c *client, ctx context.Context, request *a2a.DeleteTaskPushConfigRequest) (any, error) {
	return struct{}{}, c.DeleteTaskPushConfig(ctx, request)
}

var rpcs = map[string]rpc{
	"SendMessage":                      unary(send),
	"SendStreamingMessage":             streaming((*client).SendStreamingMessage),
	"GetTask":                          unary((*client).GetTask),
	"CancelTask":                       unary((*client).CancelTask),
	"SubscribeToTask":                  streaming((*client).SubscribeToTask),
	"CreateTaskPushNotificationConfig": unary((*client).CreateTaskPushConfig),
	"GetTaskPushNotificationConfig":    unary((*client).GetTaskPushConfig),
	"ListTaskPushNotificationConfigs":  unary(listPushConfigs),
	"DeleteTaskPushNotificationConfig": unary(deletePushConfig),
}

func run(ctx context.Context, command lines.Command) error {
	c, err := clientFor(ctx, command)
	if err != nil {
		return err
	}
	defer c.Destroy()
	return rpcs[command.RPC](ctx, c, command.Request)
}

// The errors of this SDK are values; the gRPC code is not kept.
var named = map[string]error{
	"ErrTaskNotFound":                 a2a.ErrTaskNotFound,
	"ErrTaskNotCancelable":            a2a.ErrTaskNotCancelable,
	"ErrPushNotificationNotSupported": a2a.ErrPushNotificationNotSupported,
	"ErrUnsupportedOperation":         a2a.ErrUnsupportedOperation,
	"ErrUnsupportedContentType":       a2a.ErrUnsupportedContentType,
	"ErrInvalidAgentResponse":         a2a.ErrInvalidAgentResponse,
	"ErrInvalidParams":                a2a.ErrInvalidParams,
	"ErrInternalError":                a2a.ErrInternalError,
}

func endOf(err error) lines.Error {
	if errors.Is(err, context.Canceled) {
		return lines.Error{Error: "Canceled", Code: "CANCELLED", Message: err.Error()}
	}
	for name, value := range named {
		if errors.Is(err, value) {
			return lines.Error{Error: name, Message: err.Error()}
		}
	}
	return lines.Error{Error: "error", Message: err.Error()}
}

func main() {
	lines.Serve(run, endOf)
}
