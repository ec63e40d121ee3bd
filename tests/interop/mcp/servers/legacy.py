"""A stateful server over PyPI's mcp, with the tools of server-everything that the tests call."""

import asyncio
import json
import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.types import SamplingMessage, TextContent
from pydantic import BaseModel

server = MCPServer("legacy")


def tell(**event):
    print(json.dumps(event), flush=True)


class Name(BaseModel):
    name: str


@server.tool()
def echo(message: str) -> str:
    return f"Echo: {message}"


@server.tool("trigger-long-running-operation")
async def trigger_long_running_operation(duration: float, steps: int, ctx: Context) -> str:
    try:
        for step in range(1, steps + 1):
            await asyncio.sleep(duration / steps)
            await ctx.report_progress(step, steps)
    except asyncio.CancelledError:
        tell(event="cancelled")
        raise
    return "done"


@server.tool("trigger-sampling-request")
async def trigger_sampling_request(prompt: str, ctx: Context, maxTokens: int = 100) -> str:
    question = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    answer = await ctx.session.create_message([question], max_tokens=maxTokens, related_request_id=ctx.request_id)
    return answer.content.text


@server.tool("trigger-elicitation-request")
async def trigger_elicitation_request(ctx: Context) -> str:
    answer = await ctx.elicit("Who?", Name)
    return f"{answer.action}: {answer.data.name}"


@server.tool("get-roots-list")
async def get_roots_list(ctx: Context) -> str:
    roots = await ctx.session.list_roots()
    return "\n".join(str(root.uri) for root in roots.roots)


@server.tool("toggle-simulated-logging")
async def toggle_simulated_logging(ctx: Context) -> str:
    await ctx.info("a log line")
    return "logged"


@server.tool("toggle-subscriber-updates")
async def toggle_subscriber_updates(ctx: Context) -> str:
    await ctx.session.send_resource_updated("demo://resource/dynamic/text/1")
    return "updated"


@server.resource("demo://resource/dynamic/text/{number}")
def resource(number: str) -> str:
    return f"Resource {number}"


@server.prompt("simple-prompt")
def simple_prompt() -> str:
    return "This is a simple prompt."


class Events(EventStore):
    def __init__(self):
        self.events = []

    async def store_event(self, stream_id, message):
        self.events.append((stream_id, message))
        return str(len(self.events))

    async def replay_events_after(self, last_event_id, send_callback):
        seen = int(last_event_id)
        stream = self.events[seen - 1][0]
        for number, (stream_id, message) in enumerate(self.events[seen:], seen + 1):
            if stream_id == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def watched(app):
    async def call(scope, receive, send):
        if scope["type"] == "http":
            tell(event="request", method=scope["method"])
        await app(scope, receive, send)

    return call


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
app = watched(server.streamable_http_app(event_store=Events()))
tell(event="serving", url=f"http://127.0.0.1:{listener.getsockname()[1]}/mcp")
config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
sys.exit(asyncio.run(uvicorn.Server(config).serve(sockets=[listener])))
