#include "server/translate/session_protocol.h"

#include <utility>

#include "server/translate/session_core.h"

namespace sluice::translate {

void SessionProtocol::OnClientMessage(std::string json, const JsonRpcMessage& message) {
  core_.Post(std::move(json), message,
             {{"content-type", "application/json"}, {"accept", "application/json, text/event-stream"}});
}

absl::Status SessionProtocol::Verdict(const SessionRequest&, const SessionExchange& exchange,
                                      const ExchangeEnd& end) const {
  return exchange.answer.Unanswered(end);
}

}  // namespace sluice::translate
