#include "client/ctl/session_sender.h"

#include <iterator>
#include <utility>

#include "server/translate/jsonrpc.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

// The id of an `initialize` request; empty when the frame is none.
std::string InitializeId(const pb::SessionRequest& frame) {
  if (!frame.has_message()) return "";
  const auto message = translate::ScanJsonRpc(frame.message().json());
  return message.ok() && message->method == "initialize" ? std::string(message->id) : "";
}

// The request that the frame is the end of; empty when it ends none.
std::string EndedId(const pb::SessionResponse& frame) {
  if (frame.has_ended()) return frame.ended().request_id();
  if (!frame.has_message()) return "";
  const auto message = translate::ScanJsonRpc(frame.message().json());
  return message.ok() && message->method.empty() ? frame.message().request_id() : "";
}

}  // namespace

absl::Status SessionSender::Feed(std::string_view bytes, bool last, Frames& go, std::string& words) {
  Frames frames;
  absl::Status taken = lines_.Feed(bytes, last, frames, words);
  held_.insert(held_.end(), std::make_move_iterator(frames.begin()), std::make_move_iterator(frames.end()));
  Release(go);
  return taken;
}

void SessionSender::Take(const pb::SessionResponse& frame, Frames& go) {
  if (initialize_.empty() || EndedId(frame) != initialize_) return;
  initialize_.clear();
  Release(go);
}

void SessionSender::Release(Frames& go) {
  while (!held_.empty() && initialize_.empty()) {
    initialize_ = InitializeId(held_.front());
    go.push_back(std::move(held_.front()));
    held_.pop_front();
  }
}

}  // namespace sluice::ctl
