// The client's edge: all translation inside speaks A2A 1.0, and this is what it means to a client of either version.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_CLIENT_H_
#define SLUICE_SERVER_TRANSLATE_A2A_CLIENT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_v03_proto.h"
#include "server/translate/a2a_version.h"
#include "server/translate/errors.h"

namespace sluice::translate {

// What clients do not agree about.
struct A2aClientOptions {
  FileBytes file_bytes = FileBytes::kBase64;  // of clients of 0.3
  // Unset: k101 for clients of 1.0, and for those of 0.3 k100, by which their SDKs know the errors.
  std::optional<A2aErrorCodes> error_codes;
  bool error_names = true;  // of clients of 0.3: "TaskNotFoundError: " before the message
};

// Pure and immutable: any number of calls and threads may share one.
class A2aClient {
 public:
  A2aClient(A2aVersion version, A2aClientOptions options) : version_(version), options_(options) {}

  A2aVersion version() const { return version_; }

  // The client's request message as the one of A2A 1.0; both serialized. INVALID_ARGUMENT with INVALID_PARAMS, naming
  // the field, when it does not parse or names a task in another form than "tasks/{id}".
  absl::StatusOr<std::string> Request(const A2aMethod& method, std::string request) const;

  // An answer as the client reads it.
  std::string Answer(const A2aMethod& method, A2aMessage answer) const;

  // The status of a call as the client reads it.
  absl::Status End(absl::Status status) const;

 private:
  A2aVersion version_;
  A2aClientOptions options_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_CLIENT_H_
