"""The gRPC client of a2a-sdk 0.3 as a program, as ../a2a_python/client.py is that of 1.0. Requests and answers are A2A 0.3
as JSON; ../README.md has the lines that go in and out. It ends when its stdin does.
"""

import asyncio
import json
import sys

import grpc
from a2a import types
from a2a.client import ClientConfig, ClientFactory, minimal_agent_card
from a2a.utils.constants import AGENT_CARD_WELL_KNOWN_PATH
from google.rpc import error_details_pb2, status_pb2

# Per rpc: the method of the SDK's transport and the request's type.
UNARY = {
    "GetTask": ("get_task", types.TaskQueryParams),
    "CancelTask": ("cancel_task", types.TaskIdParams),
    "CreateTaskPushNotificationConfig": ("set_task_callback", types.TaskPushNotificationConfig),
    "GetTaskPushNotificationConfig": ("get_task_callback", types.GetTaskPushNotificationConfigParams),
}


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def as_json(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


class Channels:
    """One channel for each address, as a program would keep them."""

    def __init__(self):
        self._open = {}

    def get(self, address):
        if address not in self._open:
            self._open[address] = grpc.aio.insecure_channel(address)
        return self._open[address]


channels = Channels()


async def client_for(command):
    """By the agent's card, or as a program would that was told of the address."""
    config = ClientConfig(
        streaming=command["rpc"] != "SendMessage",
        supported_transports=["JSONRPC", "GRPC"],
        grpc_channel_factory=channels.get,
    )
    if "card" in command:
        # The SDK wants the card's place without what it puts there itself.
        return await ClientFactory.connect(command["card"].removesuffix(AGENT_CARD_WELL_KNOWN_PATH), config)
    card = minimal_agent_card(command["to"], ["GRPC"])
    card.capabilities.streaming = True
    return ClientFactory(config).create(card)


async def run(command):
    client = await client_for(command)
    call_id, rpc, request = command["id"], command["rpc"], command["request"]
    tell({"id": call_id, "transport": type(client._transport).__name__})
    if rpc in UNARY:
        name, request_type = UNARY[rpc]
        answer = await getattr(client, name)(request_type.model_validate(request))
        tell({"id": call_id, "message": as_json(answer)})
        return
    if rpc == "SubscribeToTask":
        events = client.resubscribe(types.TaskIdParams.model_validate(request))
    else:
        params = types.MessageSendParams.model_validate(request)
        events = client.send_message(params.message, configuration=params.configuration)
    async for event in events:
        # The SDK gives the task as it has become, and beside it the update that made it so.
        task, update = event if isinstance(event, tuple) else (event, None)
        tell({"id": call_id, "message": as_json(update or task)})


def info_of(error):
    """The ErrorInfo that came with a gRPC error."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return {"reason": info.reason, "domain": info.domain, "metadata": dict(info.metadata)}
    return None


def end_of(error):
    if not isinstance(error, grpc.aio.AioRpcError):
        return {"error": type(error).__name__, "code": "", "message": str(error)}
    end = {"error": type(error).__name__, "code": error.code().name, "message": error.details()}
    if info := info_of(error):
        end["info"] = info
    return end


def finished(call_id, task):
    """Tells how a call ended. A task that is cancelled may never have begun."""
    if task.cancelled():
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
