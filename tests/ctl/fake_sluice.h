// sluice.v1.Gateway by script: the method of a message says what happens.
#ifndef SLUICE_TESTS_CTL_FAKE_SLUICE_H_
#define SLUICE_TESTS_CTL_FAKE_SLUICE_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <string>

#include "sluice/v1/gateway.grpc.pb.h"
#include "tests/ctl/journal.h"

namespace sluice::testing {

// A request is answered with 1.50, but for
//   "wait"       stays open until it is cancelled, by a Cancel or by notifications/cancelled
//   "fail"       ends with UNAVAILABLE, UPSTREAM_STREAM_TRUNCATED; "late" with DEADLINE_EXCEEDED
//   "mute-id"    is answered with an error whose id is null; "garbled" with what is no JSON inside
//   "ask"        the server asks roots/list first, and answers when it has the response
//   "drain"      Draining is told, and the call ends with UNAVAILABLE
//   "flood"      is answered with more than a pipe holds
//   "tools/list" is two pages, with "echo" and "sum"; of "looping" the second page leads to itself, and "endless" is so
//   "tools/call" says progress, a log line and a question, then the argument `text`; of the tool "broken" as an error,
//                of "unknown" an error of JSON-RPC, and "cut" ends without an answer
// A session with "modern" is of that era. A session that is resumed is told Negotiated, with its token and a newline.
// A notification is answered by nothing; a message that is not JSON-RPC is a refused frame.
class FakeSluice : public sluice::v1::Gateway::Service {
 public:
  explicit FakeSluice(Journal& journal) : journal_(journal) {}

  grpc::Status Session(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<sluice::v1::SessionResponse, sluice::v1::SessionRequest>* stream) override;
  // Says "Hello" in the dialect of the upstream; "cut" in the body breaks it off, "json" answers with a document,
  // "plain" with what is none. The body and the headers are noted.
  grpc::Status Stream(grpc::ServerContext* context, const sluice::v1::StreamRequest* request,
                      grpc::ServerWriter<sluice::v1::StreamResponse>* writer) override;
  // "tools" of kind mcp, "gpt" and "claude" of kind sse, "raw" that is plain.
  grpc::Status ListUpstreams(grpc::ServerContext* context, const sluice::v1::ListUpstreamsRequest* request,
                             sluice::v1::ListUpstreamsResponse* response) override;

 private:
  Journal& journal_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CTL_FAKE_SLUICE_H_
