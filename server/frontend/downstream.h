// What a call can do to its gRPC stream, and what the stream tells it. A seam: the real one is ServerCall, tests use a
// fake.
#ifndef SLUICE_SERVER_FRONTEND_DOWNSTREAM_H_
#define SLUICE_SERVER_FRONTEND_DOWNSTREAM_H_

#include <string>

#include "absl/status/status.h"
#include "server/base/http.h"

namespace sluice::frontend {

// Thread: the call's CQ thread. Each Start… is one operation; its end is told to the call by the matching On…, later
// and never from within the Start….
class Downstream {
 public:
  virtual void StartRead() = 0;
  // `more_follow`: another write comes at once, so gRPC may hold this one back and send both together.
  virtual void StartWrite(std::string message, bool more_follow) = 0;
  // Initial metadata that has not been sent yet goes out now.
  virtual void StartSendHeaders() = 0;
  virtual void StartFinish(const absl::Status& status) = 0;
  // Ends the stream without waiting for the client to take what was written; no operation. The client sees CANCELLED.
  virtual void Reset() = 0;
  virtual void AddHeaders(const Headers& headers) = 0;
  // Before StartFinish.
  virtual void AddTrailers(const Headers& trailers) = 0;
  // The call needs nothing any more: the owner frees it as soon as its own operations have been delivered.
  // The call is not touched afterwards by the caller of this.
  virtual void Retire() = 0;

 protected:
  ~Downstream() = default;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_DOWNSTREAM_H_
