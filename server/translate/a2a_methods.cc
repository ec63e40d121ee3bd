#include "server/translate/a2a_call.h"

namespace sluice::translate {

// A2A 1.0, "Method Mapping Reference": one row per rpc of `lf.a2a.v1.A2AService`, in the order of the specification.
const std::vector<A2aMethod>& AllA2aMethods() {
  static const std::vector<A2aMethod> methods = {
      {.rpc = "SendMessage", .request = "lf.a2a.v1.SendMessageRequest", .response = "lf.a2a.v1.SendMessageResponse"},
      {.rpc = "SendStreamingMessage",
       .request = "lf.a2a.v1.SendMessageRequest",
       .response = "lf.a2a.v1.StreamResponse",
       .streaming = true},
      {.rpc = "GetTask", .request = "lf.a2a.v1.GetTaskRequest", .response = "lf.a2a.v1.Task", .read_only = true},
      {.rpc = "ListTasks",
       .request = "lf.a2a.v1.ListTasksRequest",
       .response = "lf.a2a.v1.ListTasksResponse",
       .read_only = true},
      {.rpc = "CancelTask", .request = "lf.a2a.v1.CancelTaskRequest", .response = "lf.a2a.v1.Task"},
      {.rpc = "SubscribeToTask",
       .request = "lf.a2a.v1.SubscribeToTaskRequest",
       .response = "lf.a2a.v1.StreamResponse",
       .streaming = true,
       .read_only = true},
      {.rpc = "CreateTaskPushNotificationConfig",
       .request = "lf.a2a.v1.TaskPushNotificationConfig",
       .response = "lf.a2a.v1.TaskPushNotificationConfig"},
      {.rpc = "GetTaskPushNotificationConfig",
       .request = "lf.a2a.v1.GetTaskPushNotificationConfigRequest",
       .response = "lf.a2a.v1.TaskPushNotificationConfig",
       .read_only = true},
      {.rpc = "ListTaskPushNotificationConfigs",
       .request = "lf.a2a.v1.ListTaskPushNotificationConfigsRequest",
       .response = "lf.a2a.v1.ListTaskPushNotificationConfigsResponse",
       .read_only = true},
      {.rpc = "DeleteTaskPushNotificationConfig",
       .request = "lf.a2a.v1.DeleteTaskPushNotificationConfigRequest",
       .response = "google.protobuf.Empty"},
      {.rpc = "GetExtendedAgentCard",
       .request = "lf.a2a.v1.GetExtendedAgentCardRequest",
       .response = "lf.a2a.v1.AgentCard",
       .read_only = true},
  };
  return methods;
}

const A2aMethod* FindA2aMethod(std::string_view rpc) {
  for (const A2aMethod& method : AllA2aMethods()) {
    if (method.rpc == rpc) return &method;
  }
  return nullptr;
}

}  // namespace sluice::translate
