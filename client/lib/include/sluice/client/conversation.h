// A conversation with an A2A agent on one stream: sluice.v1.Conversation/Converse.
#ifndef SLUICE_CLIENT_CONVERSATION_H_
#define SLUICE_CLIENT_CONVERSATION_H_

#include <string>
#include <utility>

#include "lf/a2a/v1/a2a.pb.h"
#include "sluice/client/stream.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::client {

// A stream of the gateway's frames that takes requests of ours; conversation.proto says what they mean. Each request
// has an id of the caller's choice, which its frames repeat, and one `ended` frame.
//
//   auto conversation = client.OpenConversation();
//   conversation.Send("1", TextMessage("hello"));
//   conversation.HalfClose();
//   for (const sluice::v1::ConverseResponse& frame : conversation) ...
//
// Thread: as Session (session.h): one reads while any others send.
class [[nodiscard]] Conversation : public Stream<sluice::v1::ConverseResponse> {
 public:
  explicit Conversation(Call call) : Stream(std::move(call)) {}

  // Each waits while the gateway takes no frame. False: the conversation is over, as status() will tell. A frame that
  // the gateway refuses is told by an `ended` frame.
  bool Send(std::string request_id, lf::a2a::v1::SendMessageRequest message);
  bool Subscribe(std::string request_id, std::string task_id);
  bool CancelTask(std::string request_id, std::string task_id);
  // Stops following a running request, which then ends with CANCELLED. Its task goes on.
  bool CloseRequest(std::string request_id);
  // What the others are made of.
  bool Write(const sluice::v1::ConverseRequest& frame) { return call_.Write(frame.SerializeAsString()); }
  // Nothing more from this side: what runs goes on to its end, then the conversation ends with OK.
  void HalfClose() { call_.HalfClose(); }
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_CONVERSATION_H_
