"""An agent as A2A 0.3 has them, over JSON-RPC and SSE, made with a2a-sdk 0.3. Asked for something, it asks back first
how deep it shall look, and then writes for minutes; what does not end in a question mark comes back at once.
GET /cancelled tells which tasks were cancelled.
"""

import asyncio
import signal
import socket
import sys

import uvicorn
from a2a.server.agent_execution import AgentExecutor
from a2a.server.apps import A2AStarletteApplication
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types import AgentCapabilities, AgentCard, AgentSkill, Part, TaskState, TextPart
from a2a.utils import new_task
from starlette.responses import JSONResponse
from starlette.routing import Route

CHAPTER = """**Chapter {}.** Three sources were read, and two agree.

- Source {}: the first measurements, with the method and its limits.
- Source {}: a later survey, which confirms them.
- Source {}: an account from memory, left aside.
"""


class DeepAgent(AgentExecutor):
    def __init__(self):
        self.cancelled = []  # tasks

    async def execute(self, context, event_queue):
        question = context.get_user_input()
        task = context.current_task or new_task(context.message)
        if not context.current_task:
            await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        if context.current_task:
            await self._research(updater)
        elif question.endswith("?"):
            await self._say(updater, TaskState.input_required, "How deep shall I look: a summary, or everything?")
        else:
            await updater.add_artifact([Part(root=TextPart(text=question))])
            await updater.complete()

    @staticmethod
    async def _say(updater, state, text):
        message = updater.new_agent_message([Part(root=TextPart(text=text))])
        await updater.update_status(state, message, final=state == TaskState.input_required)

    async def _research(self, updater):
        await self._say(updater, TaskState.working, "Reading ...")
        for number in range(1, 1000):
            text = CHAPTER.format(number, 3 * number - 2, 3 * number - 1, 3 * number)
            for place, word in enumerate(text.split(" ")):
                words = [Part(root=TextPart(text=word + " "))]
                await updater.add_artifact(words, artifact_id=f"chapter {number}", append=place > 0)
                await asyncio.sleep(0.1)

    async def cancel(self, context, event_queue):
        self.cancelled.append(context.task_id)
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    card = AgentCard(
        name="Deep agent",
        description="Looks into things.",
        version="1",
        protocol_version="0.3.0",
        url=url,
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["text"],
        default_output_modes=["text"],
        skills=[AgentSkill(id="research", name="Research", description="Reads and reports.", tags=["research"])],
    )
    agent = DeepAgent()
    cancelled = Route("/cancelled", lambda request: JSONResponse(agent.cancelled))
    app = A2AStarletteApplication(card, DefaultRequestHandler(agent, InMemoryTaskStore())).build(routes=[cancelled])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again when it has ended
    print(f"deep agent: serving {url}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])


main()
