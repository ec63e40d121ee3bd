// A scripted TCP server: a test says byte by byte what the upstream does on each connection.
#ifndef SLUICE_TESTS_SUPPORT_RAW_UPSTREAM_H_
#define SLUICE_TESTS_SUPPORT_RAW_UPSTREAM_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

typedef struct ssl_st SSL;          // NOLINT(modernize-use-using): OpenSSL's own names
typedef struct ssl_ctx_st SSL_CTX;  // NOLINT(modernize-use-using)

namespace sluice::testing {

// Every wait of the test helpers ends after this, as a failure of the test and not as a hang.
inline constexpr std::chrono::seconds kPatience{20};

// Something that a test lets happen once, and a script waits for.
class Gate {
 public:
  void Open();
  // False: it was not opened in time.
  bool Wait(std::chrono::milliseconds patience = kPatience);

 private:
  std::mutex mu_;
  std::condition_variable opened_;
  bool open_ = false;  // guarded by mu_
};

struct RawRequest {
  std::string head;  // to the blank line, inclusive
  std::string body;

  // "POST /path HTTP/1.1"
  std::string line() const { return head.substr(0, head.find("\r\n")); }
  // The first value of a header; names are compared without case. Empty when there is none.
  std::string header(std::string_view name) const;
};

class RawUpstream;

// One accepted connection, in the hands of the script. Everything blocks, and gives up after kPatience or when the
// server is destroyed. Thread: the connection's own.
class RawConnection {
 public:
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  // The next request, body by Content-Length included. Empty: the peer closed, or sends nonsense.
  std::optional<RawRequest> ReadRequest();
  // Its head only; the body stays unread.
  std::optional<RawRequest> ReadRequestHead();
  // False: the peer does not take it.
  bool Write(std::string_view bytes);
  void Close();
  void CloseWithoutGoodbye();  // TLS: no close_notify
  void Reset();                // RST instead of FIN
  // True when the peer has closed or reset; what it sends before is dropped.
  bool WaitForPeerClose();

  // TLS: the name that the client asked for (SNI); empty when it named none.
  std::string server_name() const;

  int index() const { return index_; }  // 0 for the server's first connection
  RawUpstream& server() { return server_; }

 private:
  friend class RawUpstream;
  RawConnection(RawUpstream& server, int index, int descriptor);
  bool StartTls(SSL_CTX* context);
  bool Fill();  // reads some into buffer_
  void Shutdown();

  RawUpstream& server_;
  const int index_;
  std::atomic<int> descriptor_;
  SSL* tls_ = nullptr;
  std::string buffer_;
  bool peer_closed_ = false;
};

// PEM files of a server.
struct RawTls {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;  // not empty: a client certificate is asked for and checked
  bool client_may_have_none = false;
  bool only_tls12 = false;
};

// Listens on a port of 127.0.0.1, a free one unless told otherwise. Each connection gets a thread that runs `script`;
// when the script returns the connection is closed. The destructor ends all scripts (their calls fail) and joins their
// threads.
class RawUpstream {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawUpstream(Script script, std::optional<RawTls> tls = std::nullopt, std::uint16_t port = 0);
  ~RawUpstream();
  RawUpstream(const RawUpstream&) = delete;
  RawUpstream& operator=(const RawUpstream&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_.load(); }  // accepted so far
  int requests() const { return requests_.load(); }        // read by the scripts so far
  // True when the client was seen to close, in WaitForPeerClose() or in a read, `count` times.
  bool WaitForPeerCloses(int count);

 private:
  friend class RawConnection;
  void Accept();
  void Serve(RawConnection& connection);
  bool CountPeerClose();  // false: it is ourselves who end everything

  const Script script_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};
  std::mutex mu_;
  std::condition_variable peer_closed_;
  int peer_closes_ = 0;                                    // guarded by mu_
  bool stopping_ = false;                                  // guarded by mu_
  std::vector<std::unique_ptr<RawConnection>> connected_;  // guarded by mu_
  std::vector<std::thread> threads_;                       // guarded by mu_
  std::thread acceptor_;
};

// A listener whose queue is full: a connect to it neither succeeds nor fails.
class FullListener {
 public:
  explicit FullListener(const std::string& address = "127.0.0.1");
  ~FullListener();
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
};

// A port of 127.0.0.1 that nobody listens on. It stays bound, so nobody else gets it meanwhile.
class ClosedPort {
 public:
  ClosedPort();
  ~ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_SUPPORT_RAW_UPSTREAM_H_
