#include "server/translate/a2a_call.h"

namespace sluice::translate {

// A2A 1.0, "Method Mapping Reference": one row per rpc of `lf.a2a.v1.A2AService`, in the order of the specification.
// A2A 0.3, "Method Mapping and Naming Conventions"; its proto's names where the two disagree.
const std::vector<A2aMethod>& AllA2aMethods() {
  static const std::vector<A2aMethod> methods = {
      {.rpc = "SendMessage",
       .request = "lf.a2a.v1.SendMessageRequest",
       .response = "lf.a2a.v1.SendMessageResponse",
       .v03 = {"SendMessage", "a2a.v1.SendMessageRequest", "a2a.v1.SendMessageResponse", "message/send"}},
      {.rpc = "SendStreamingMessage",
       .request = "lf.a2a.v1.SendMessageRequest",
       .response = "lf.a2a.v1.StreamResponse",
       .streaming = true,
       .v03 = {"SendStreamingMessage", "a2a.v1.SendMessageRequest", "a2a.v1.StreamResponse", "message/stream"}},
      {.rpc = "GetTask",
       .request = "lf.a2a.v1.GetTaskRequest",
       .response = "lf.a2a.v1.Task",
       .read_only = true,
       .v03 = {"GetTask", "a2a.v1.GetTaskRequest", "a2a.v1.Task", "tasks/get"}},
      {.rpc = "ListTasks",
       .request = "lf.a2a.v1.ListTasksRequest",
       .response = "lf.a2a.v1.ListTasksResponse",
       .read_only = true},
      {.rpc = "CancelTask",
       .request = "lf.a2a.v1.CancelTaskRequest",
       .response = "lf.a2a.v1.Task",
       .v03 = {"CancelTask", "a2a.v1.CancelTaskRequest", "a2a.v1.Task", "tasks/cancel"}},
      {.rpc = "SubscribeToTask",
       .request = "lf.a2a.v1.SubscribeToTaskRequest",
       .response = "lf.a2a.v1.StreamResponse",
       .streaming = true,
       .read_only = true,
       .v03 = {"TaskSubscription", "a2a.v1.TaskSubscriptionRequest", "a2a.v1.StreamResponse", "tasks/resubscribe"}},
      {.rpc = "CreateTaskPushNotificationConfig",
       .request = "lf.a2a.v1.TaskPushNotificationConfig",
       .response = "lf.a2a.v1.TaskPushNotificationConfig",
       .v03 = {"CreateTaskPushNotificationConfig", "a2a.v1.CreateTaskPushNotificationConfigRequest",
               "a2a.v1.TaskPushNotificationConfig", "tasks/pushNotificationConfig/set"}},
      {.rpc = "GetTaskPushNotificationConfig",
       .request = "lf.a2a.v1.GetTaskPushNotificationConfigRequest",
       .response = "lf.a2a.v1.TaskPushNotificationConfig",
       .read_only = true,
       .v03 = {"GetTaskPushNotificationConfig", "a2a.v1.GetTaskPushNotificationConfigRequest",
               "a2a.v1.TaskPushNotificationConfig", "tasks/pushNotificationConfig/get"}},
      {.rpc = "ListTaskPushNotificationConfigs",
       .request = "lf.a2a.v1.ListTaskPushNotificationConfigsRequest",
       .response = "lf.a2a.v1.ListTaskPushNotificationConfigsResponse",
       .read_only = true,
       .v03 = {"ListTaskPushNotificationConfig", "a2a.v1.ListTaskPushNotificationConfigRequest",
               "a2a.v1.ListTaskPushNotificationConfigResponse", "tasks/pushNotificationConfig/list"}},
      {.rpc = "DeleteTaskPushNotificationConfig",
       .request = "lf.a2a.v1.DeleteTaskPushNotificationConfigRequest",
       .response = "google.protobuf.Empty",
       .v03 = {"DeleteTaskPushNotificationConfig", "a2a.v1.DeleteTaskPushNotificationConfigRequest",
               "google.protobuf.Empty", "tasks/pushNotificationConfig/delete"}},
      {.rpc = "GetExtendedAgentCard",
       .request = "lf.a2a.v1.GetExtendedAgentCardRequest",
       .response = "lf.a2a.v1.AgentCard",
       .read_only = true,
       .v03 = {"GetAgentCard", "a2a.v1.GetAgentCardRequest", "a2a.v1.AgentCard", "agent/getAuthenticatedExtendedCard"}},
  };
  return methods;
}

const A2aMethod* FindA2aMethod(std::string_view rpc) {
  for (const A2aMethod& method : AllA2aMethods()) {
    if (method.rpc == rpc) return &method;
  }
  return nullptr;
}

const A2aMethod* FindA2aJsonRpcMethod(std::string_view name) {
  for (const A2aMethod& method : AllA2aMethods()) {
    if (method.rpc == name || (method.v03.json_rpc == name && !name.empty())) return &method;
  }
  return nullptr;
}

}  // namespace sluice::translate
