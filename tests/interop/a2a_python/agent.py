"""The scripted A2A 1.0 agent of ../README.md over JSON-RPC and SSE, made with a2a-sdk; the same agent over gRPC, so
that a client can compare what it gets through sluice with what it gets without. a2a_js/agent.mjs is the same with the
other SDK, line by line of the script.

Arguments: "plain" is an agent that can do nothing beyond SendMessage, "strict" one that demands an extension and plain
text, "legacy" one that offers A2A 0.3 over JSON-RPC by what the SDK has for that. On stdout it tells one JSON object a line: where it serves, each request, how each exchange closed. It ends when
its stdin does.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import uuid

import grpc
import uvicorn
from a2a import types
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.routes.common import DefaultServerCallContextBuilder
from a2a.server.tasks import InMemoryPushNotificationConfigStore, InMemoryTaskStore
from a2a.types import a2a_pb2_grpc
from a2a.utils import errors
from google.protobuf.json_format import ParseDict
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

KIND = sys.argv[1] if len(sys.argv) > 1 else "full"
NEEDED = "https://sluice.test/extensions/needed"


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def words_of(message):
    text = message.parts[0].text if message and message.parts else ""
    return (text.split(" ") + ["", ""])[:3]


class Turn:
    """One turn of one task: what the SDK hands to an executor, in the words of the script."""

    def __init__(self, context, queue):
        self.context = context
        self.queue = queue
        self.ids = {"task_id": context.task_id, "context_id": context.context_id}

    def message(self, text):
        parts = [types.Part(text=text)]
        return types.Message(**self.ids, message_id=str(uuid.uuid4()), role=types.Role.ROLE_AGENT, parts=parts)

    def status(self, state, text=None):
        status = types.TaskStatus(state=f"TASK_STATE_{state}", message=self.message(text) if text else None)
        status.timestamp.GetCurrentTime()
        return status

    async def begin(self):
        if self.context.current_task:
            # The SDK has no second beginning of a task.
            await self.become("WORKING")
            return
        task = types.Task(id=self.context.task_id, context_id=self.context.context_id, status=self.status("WORKING"))
        task.history.append(self.context.message)
        await self.queue.enqueue_event(task)

    async def chunk(self, number, last):
        artifact = types.Artifact(artifact_id="chunks", parts=[types.Part(text=f"chunk {number}")])
        await self.queue.enqueue_event(
            types.TaskArtifactUpdateEvent(**self.ids, artifact=artifact, append=number > 1, last_chunk=number == last)
        )

    async def repeat(self):
        message = self.context.message
        artifact = types.Artifact(artifact_id="echo", name="what you sent", parts=message.parts)
        artifact.metadata.CopyFrom(message.metadata)
        await self.queue.enqueue_event(types.TaskArtifactUpdateEvent(**self.ids, artifact=artifact, last_chunk=True))

    async def become(self, state, text=None):
        await self.queue.enqueue_event(types.TaskStatusUpdateEvent(**self.ids, status=self.status(state, text)))

    async def say(self, text):
        await self.queue.enqueue_event(self.message(text))


class Steps:
    """Lets one task take one step for each time it was told to go on, whether it asked before or after."""

    def __init__(self):
        self._steps = {}

    def of(self, task_id):
        return self._steps.setdefault(task_id, asyncio.Semaphore(0))


class ScriptedAgent(AgentExecutor):
    def __init__(self):
        self.steps = Steps()

    async def execute(self, context, event_queue):
        turn = Turn(context, event_queue)
        word, count, milliseconds = words_of(context.message)
        if word == "message":
            return await turn.say("no task needed")
        if word == "hasty":
            return await turn.become("COMPLETED")
        await turn.begin()
        if word == "ask" and not context.current_task:
            return await turn.become("INPUT_REQUIRED", "which one?")
        if word == "fail":
            return await turn.become("FAILED", "as asked")
        if word == "confuse":
            return await turn.say("by the way")
        if word == "throw":
            raise RuntimeError("thrown as asked")
        if word == "silent":
            await asyncio.Event().wait()  # the SDK cancels it
        if word in ("step", "slow"):
            for number in range(1, int(count) + 1):
                if word == "step":
                    await self.steps.of(context.task_id).acquire()
                else:
                    await asyncio.sleep(int(milliseconds) / 1000)
                await turn.chunk(number, int(count))
        else:
            await turn.repeat()
        return await turn.become("COMPLETED")

    async def cancel(self, context, event_queue):
        await Turn(context, event_queue).become("CANCELED")


class ScriptedHandler(DefaultRequestHandler):
    """What an agent's author may refuse before the program runs, and while it streams."""

    async def on_message_send(self, params, context):
        self._check(params, context, "raise")
        return await super().on_message_send(params, context)

    async def on_message_send_stream(self, params, context):
        self._check(params, context, "raise")
        async for event in super().on_message_send_stream(params, context):
            yield event
            self._check(params, context, "raise-later")

    def _check(self, params, context, when):
        word, name, _ = words_of(params.message)
        if word == when:
            raise getattr(errors, name)(f"{name} as asked")
        # The SDK leaves it to the agent to demand an extension.
        if KIND == "strict" and NEEDED not in context.requested_extensions:
            raise errors.ExtensionSupportRequiredError(f"{NEEDED} is needed")


class CallContexts(DefaultServerCallContextBuilder):
    """Takes everyone but one."""

    def build(self, request):
        if request.headers.get("authorization") == "Bearer wrong":
            raise PermissionError("not you")
        return super().build(request)


class Exchanges:
    """ASGI middleware. Tells of each exchange: what came in, and whether the answer was written to its end before the
    connection closed."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        body = bytearray()
        more = True
        while more:
            part = await receive()
            body += part.get("body", b"")
            more = part.get("more_body", False)
        text = body.decode()
        request = json.loads(text) if text else {}
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        about = {"method": request.get("method"), "text": text}
        tell({"event": "request", "params": request.get("params"), "headers": headers, **about})
        written = False
        closed = asyncio.Event()
        incoming = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def watch():
            await receive()  # whatever comes after the body is the end
            tell({"event": "close", "written": written, **about})
            closed.set()

        async def receive_again():
            if incoming:
                return incoming.pop()
            await closed.wait()
            return {"type": "http.disconnect"}

        async def send_on(part):
            nonlocal written
            # Before it is sent: the server knows that the exchange is over as soon as it has sent this.
            last = part["type"] == "http.response.body" and not part.get("more_body", False)
            written = written or (last and not closed.is_set())
            await send(part)

        watching = asyncio.create_task(watch())
        await self._app(scope, receive_again, send_on)
        await watching


def make_card(url, grpc_address):
    full = KIND != "plain"
    extensions = [{"uri": NEEDED, "required": True}] if KIND == "strict" else []
    card = {
        "name": f"interop {KIND}",
        "description": "scripted by the text of a message",
        "version": "1",
        "supportedInterfaces": [
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "0.3" if KIND == "legacy" else "1.0"},
            {"url": grpc_address, "protocolBinding": "GRPC", "protocolVersion": "1.0"},
        ],
        "capabilities": {
            "streaming": full,
            "pushNotifications": full,
            "extendedAgentCard": full,
            "extensions": extensions,
        },
        "defaultInputModes": ["text/plain"],
        "defaultOutputModes": ["text/plain"],
        "skills": [{"id": "script", "name": "Script", "description": "does what it is told", "tags": ["test"]}],
    }
    return ParseDict(card, types.AgentCard())


async def main():
    # Both ports are wanted before the card, which names them; the services come after it.
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    grpc_server = grpc.aio.server()
    grpc_address = f"127.0.0.1:{grpc_server.add_insecure_port('127.0.0.1:0')}"

    card = make_card(url, grpc_address)
    extended = types.AgentCard()
    extended.CopyFrom(card)
    extended.name += ", extended"
    agent = ScriptedAgent()
    handler = ScriptedHandler(
        agent_executor=agent,
        task_store=InMemoryTaskStore(owner_resolver=lambda context: context.tenant),
        agent_card=card,
        push_config_store=InMemoryPushNotificationConfigStore(),
        extended_agent_card=extended if KIND in ("full", "legacy") else None,
        validate_input_modes=KIND == "strict",
    )

    async def go(request):
        """The test says "one step more"."""
        agent.steps.of(request.path_params["task_id"]).release()
        return Response()

    rpc_routes = create_jsonrpc_routes(
        handler, "/", context_builder=CallContexts(), enable_v0_3_compat=KIND == "legacy"
    )
    rpc = Starlette(routes=rpc_routes)
    others = Starlette(routes=[Route("/go/{task_id}", go, methods=["POST"]), *create_agent_card_routes(card)])
    told = Exchanges(rpc)

    async def app(scope, receive, send):
        await (told if scope["path"] == "/" else others)(scope, receive, send)

    a2a_pb2_grpc.add_A2AServiceServicer_to_server(GrpcHandler(handler), grpc_server)
    await grpc_server.start()
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)

    # Streams may be open: nothing is waited for.
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
    tell({"event": "serving", "url": url, "grpc": grpc_address})
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    await stdin.read()
    os._exit(0)


asyncio.run(main())
