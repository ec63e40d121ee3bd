#include "sluice/client/conversation.h"

namespace sluice::client {
namespace {

sluice::v1::ConverseRequest FrameOf(std::string request_id) {
  sluice::v1::ConverseRequest frame;
  frame.set_request_id(std::move(request_id));
  return frame;
}

}  // namespace

bool Conversation::Send(std::string request_id, lf::a2a::v1::SendMessageRequest message) {
  sluice::v1::ConverseRequest frame = FrameOf(std::move(request_id));
  *frame.mutable_send() = std::move(message);
  return Write(frame);
}

bool Conversation::Subscribe(std::string request_id, std::string task_id) {
  sluice::v1::ConverseRequest frame = FrameOf(std::move(request_id));
  frame.mutable_subscribe()->set_id(std::move(task_id));
  return Write(frame);
}

bool Conversation::CancelTask(std::string request_id, std::string task_id) {
  sluice::v1::ConverseRequest frame = FrameOf(std::move(request_id));
  frame.mutable_cancel_task()->set_id(std::move(task_id));
  return Write(frame);
}

bool Conversation::CloseRequest(std::string request_id) {
  sluice::v1::ConverseRequest frame = FrameOf(std::move(request_id));
  frame.mutable_close();
  return Write(frame);
}

}  // namespace sluice::client
