// What all TLS connections of the agent share.
#ifndef SLUICE_CLIENT_AGENT_TLS_CONTEXT_H_
#define SLUICE_CLIENT_AGENT_TLS_CONTEXT_H_

#include <openssl/types.h>

#include <memory>

#include "absl/status/statusor.h"
#include "client/agent/agent.h"

namespace sluice::agent {

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// Null when `options` ask for no TLS. The error names the file that is wrong, or the option that is missing.
absl::StatusOr<TlsContext> MakeTlsContext(const TlsOptions& options);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_TLS_CONTEXT_H_
