"""The gRPC client of a2a-sdk as a program: it makes the calls that it is told to make, with the SDK's own client, and
tells what the SDK made of them. ../README.md has the lines that go in and out; a2a_js/client.mjs is the same for
the other SDK. It ends when its stdin does.

Argument: "0.3" takes the SDK's client for agents of that version, which is used like the one of 1.0.
"""

import asyncio
import contextvars
import json
import sys

import grpc
from a2a import types
from a2a.client import ClientCallContext, ClientConfig, ClientFactory
from google.protobuf.json_format import MessageToDict, ParseDict
from google.rpc import error_details_pb2, status_pb2

PROTOCOL_VERSION = sys.argv[1] if len(sys.argv) > 1 else "1.0"

# Per rpc: the method of the SDK's client and the request's type.
UNARY = {
    "GetTask": ("get_task", types.GetTaskRequest),
    "ListTasks": ("list_tasks", types.ListTasksRequest),
    "CancelTask": ("cancel_task", types.CancelTaskRequest),
    "CreateTaskPushNotificationConfig": ("create_task_push_notification_config", types.TaskPushNotificationConfig),
    "GetTaskPushNotificationConfig": ("get_task_push_notification_config", types.GetTaskPushNotificationConfigRequest),
    "ListTaskPushNotificationConfigs": (
        "list_task_push_notification_configs",
        types.ListTaskPushNotificationConfigsRequest,
    ),
    "DeleteTaskPushNotificationConfig": (
        "delete_task_push_notification_config",
        types.DeleteTaskPushNotificationConfigRequest,
    ),
    "GetExtendedAgentCard": ("get_extended_agent_card", types.GetExtendedAgentCardRequest),
}
# These give an iterator: of one response if the client was made without streaming.
STREAMS = {
    "SendMessage": ("send_message", types.SendMessageRequest),
    "SendStreamingMessage": ("send_message", types.SendMessageRequest),
    "SubscribeToTask": ("subscribe", types.SubscribeToTaskRequest),
}

COMPRESSIONS = {
    None: grpc.Compression.NoCompression,
    "deflate": grpc.Compression.Deflate,
    "gzip": grpc.Compression.Gzip,
}

# The call whose head the interceptor below is to tell.
current_id = contextvars.ContextVar("current_id")


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class TellHead(grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(self, continuation, details, request):
        call = await continuation(details, request)
        tell({"id": current_id.get(), "head": dict(await call.initial_metadata())})
        return call


class Channels:
    """One channel for each address and way of using it, as a program would keep them."""

    def __init__(self):
        self._open = {}

    def get(self, address, compression, head):
        key = (address, compression, head)
        if key not in self._open:
            self._open[key] = grpc.aio.insecure_channel(
                address,
                compression=COMPRESSIONS[compression],
                interceptors=[TellHead()] if head else [],
            )
        return self._open[key]


channels = Channels()


def card_for(address):
    """What a program that was told of the address would know."""
    card = {
        "name": "over gRPC",
        "supportedInterfaces": [{"url": address, "protocolBinding": "GRPC", "protocolVersion": PROTOCOL_VERSION}],
        "capabilities": {"streaming": True, "pushNotifications": True, "extendedAgentCard": True},
    }
    return ParseDict(card, types.AgentCard())


async def client_for(command):
    """By the agent's card, or as a program would that was told of the address."""
    compression, head = command.get("compression"), command.get("head", False)
    config = ClientConfig(
        streaming=command["rpc"] != "SendMessage",
        supported_protocol_bindings=["JSONRPC", "GRPC"],
        grpc_channel_factory=lambda address: channels.get(address, compression, head),
    )
    factory = ClientFactory(config)
    if "card" in command:
        return await factory.create_from_url(command["card"], relative_card_path="/")
    return factory.create(card_for(command["to"]))


def context_for(command):
    parameters = dict(command.get("parameters", {}))
    if "version" in command:
        parameters["A2A-Version"] = command["version"]
    timeout = command["timeout_ms"] / 1000 if "timeout_ms" in command else None
    return ClientCallContext(service_parameters=parameters, timeout=timeout)


async def run(command):
    current_id.set(command["id"])
    client, context = await client_for(command), context_for(command)
    tell({"id": command["id"], "transport": type(client._transport).__name__})
    rpc = command["rpc"]
    name, request_type = (STREAMS | UNARY)[rpc]
    request = ParseDict(command["request"], request_type())
    method = getattr(client, name)
    if rpc in STREAMS:
        async for event in method(request, context=context):
            tell({"id": command["id"], "message": MessageToDict(event)})
    else:
        answer = await method(request, context=context)
        tell({"id": command["id"], "message": {} if answer is None else MessageToDict(answer)})


def info_of(call):
    """The ErrorInfo that came with a gRPC error."""
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return {"reason": info.reason, "domain": info.domain, "metadata": dict(info.metadata)}
    return None


def end_of(error):
    call = error.__cause__ if isinstance(error.__cause__, grpc.aio.AioRpcError) else None
    end = {"error": type(error).__name__, "code": call.code().name if call else "", "message": str(error)}
    if call and (info := info_of(call)):
        end["info"] = info
    return end


def finished(call_id, task):
    """Tells how a call ended. A task that is cancelled may never have begun."""
    if task.cancelled():
        # The SDK hands it on, as asyncio wants it; gRPC has cancelled the call.
        end = {"error": "CancelledError", "code": "CANCELLED", "message": ""}
    elif error := task.exception():
        end = end_of(error)
    else:
        end = {}
    tell({"id": call_id, "end": end})


async def main():
    stdin = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    running = {}
    tell({"ready": True})
    while line := await stdin.readline():
        command = json.loads(line)
        if "cancel" in command:
            if task := running.get(command["cancel"]):
                task.cancel()
            continue
        call_id = command["id"]
        running[call_id] = asyncio.create_task(run(command))
        running[call_id].add_done_callback(lambda _, call_id=call_id: finished(call_id, running.pop(call_id)))


asyncio.run(main())
