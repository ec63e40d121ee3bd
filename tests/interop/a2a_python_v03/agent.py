"""The scripted agent of ../README.md as a2a-sdk 0.3 makes it: A2A 0.3 over JSON-RPC and SSE. ../a2a_python/agent.py is the
same with 1.0.

On stdout it tells one JSON object a line: where it serves, and who follows a task again. It ends when its stdin does.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import uuid
from datetime import datetime, timezone

import grpc
import uvicorn
from a2a import types
from a2a.grpc import a2a_pb2_grpc
from a2a.server.agent_execution import AgentExecutor
from a2a.server.apps import A2AStarletteApplication
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.tasks import InMemoryPushNotificationConfigStore, InMemoryTaskStore
from a2a.utils.errors import ServerError
from starlette.responses import Response
from starlette.routing import Route


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def words_of(message):
    part = message.parts[0].root if message and message.parts else None
    return (getattr(part, "text", "").split(" ") + ["", ""])[:3]


class Turn:
    """One turn of one task: what the SDK hands to an executor, in the words of the script."""

    def __init__(self, context, queue):
        self.context = context
        self.queue = queue
        self.ids = {"task_id": context.task_id, "context_id": context.context_id}

    def message(self, text):
        parts = [types.Part(types.TextPart(text=text))]
        return types.Message(**self.ids, message_id=str(uuid.uuid4()), role=types.Role.agent, parts=parts)

    def status(self, state, text=None):
        now = datetime.now(timezone.utc).isoformat()
        return types.TaskStatus(state=state, message=self.message(text) if text else None, timestamp=now)

    async def begin(self):
        if self.context.current_task:
            # The SDK has no second beginning of a task.
            await self.become("working")
            return
        task = types.Task(id=self.context.task_id, context_id=self.context.context_id, status=self.status("working"))
        task.history = [self.context.message]
        await self.queue.enqueue_event(task)

    async def artifact(self, artifact, **how):
        await self.queue.enqueue_event(types.TaskArtifactUpdateEvent(**self.ids, artifact=artifact, **how))

    async def chunk(self, number, last):
        parts = [types.Part(types.TextPart(text=f"chunk {number}"))]
        artifact = types.Artifact(artifact_id="chunks", parts=parts)
        await self.artifact(artifact, append=number > 1, last_chunk=number == last)

    async def repeat(self):
        message = self.context.message
        artifact = types.Artifact(artifact_id="echo", name="what you sent", parts=message.parts)
        artifact.metadata = message.metadata
        await self.artifact(artifact, last_chunk=True)

    async def become(self, state, text=None):
        final = state not in ("working", "submitted")
        status = self.status(state, text)
        await self.queue.enqueue_event(types.TaskStatusUpdateEvent(**self.ids, status=status, final=final))

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
        self._turns = {}

    async def execute(self, context, event_queue):
        turn = self._turns[context.task_id] = Turn(context, event_queue)
        word, count, _ = words_of(context.message)
        if word == "message":
            return await turn.say("no task needed")
        await turn.begin()
        if word == "ask" and not context.current_task:
            return await turn.become("input-required", "which one?")
        if word == "fail":
            return await turn.become("failed", "as asked")
        if word == "silent":
            await asyncio.Event().wait()  # the SDK cancels it
        if word == "step":
            for number in range(1, int(count) + 1):
                await self.steps.of(context.task_id).acquire()
                await turn.chunk(number, int(count))
        else:
            await turn.repeat()
        return await turn.become("completed")

    async def cancel(self, context, event_queue):
        # What is put into this queue is not told to the streams that follow the task; they are never ended then.
        await self._turns[context.task_id].become("canceled")


class ScriptedHandler(DefaultRequestHandler):
    """What an agent's author may refuse before the program runs, and while it streams."""

    async def on_message_send(self, params, context=None):
        self._check(params, "raise")
        return await super().on_message_send(params, context)

    async def on_message_send_stream(self, params, context=None):
        self._check(params, "raise")
        async for event in super().on_message_send_stream(params, context):
            yield event
            self._check(params, "raise-later")

    async def on_resubscribe_to_task(self, params, context=None):
        tell({"event": "request", "method": "tasks/resubscribe", "text": params.id})
        async for event in super().on_resubscribe_to_task(params, context):
            yield event

    def _check(self, params, when):
        word, name, _ = words_of(params.message)
        if word == when:
            raise ServerError(getattr(types, name)(message=f"{name} as asked"))


def make_card(url):
    return types.AgentCard(
        name="interop full",
        description="scripted by the text of a message",
        version="1",
        protocol_version="0.3.0",
        url=url,
        preferred_transport="JSONRPC",
        capabilities=types.AgentCapabilities(streaming=True, push_notifications=True),
        supports_authenticated_extended_card=True,
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[types.AgentSkill(id="script", name="Script", description="does what it is told", tags=["test"])],
    )


async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    card = make_card(url)
    agent = ScriptedAgent()
    handler = ScriptedHandler(
        agent_executor=agent,
        task_store=InMemoryTaskStore(),
        push_config_store=InMemoryPushNotificationConfigStore(),
    )

    async def go(request):
        """The test says "one step more"."""
        agent.steps.of(request.path_params["task_id"]).release()
        return Response()

    extended = card.model_copy(update={"name": f"{card.name}, extended"})
    app = A2AStarletteApplication(card, handler, extended_agent_card=extended).build()
    app.routes.append(Route("/go/{task_id}", go, methods=["POST"]))

    grpc_server = grpc.aio.server()
    grpc_address = f"127.0.0.1:{grpc_server.add_insecure_port('127.0.0.1:0')}"
    a2a_pb2_grpc.add_A2AServiceServicer_to_server(GrpcHandler(card, handler), grpc_server)
    await grpc_server.start()

    # Streams may be open: nothing is waited for.
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
    tell({"event": "serving", "url": url, "grpc": grpc_address})
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    await stdin.read()
    os._exit(0)


asyncio.run(main())
