"""The client of PyPI's mcp, in either era. It is run as the programs in case.mjs are."""

import sys

import anyio
import mcp.types as types
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

name, command, *args = sys.argv[1:]
TEXT_RESOURCE = "demo://resource/dynamic/text/1"


class Waiter:
    def __init__(self):
        self.seen = []
        self.came = anyio.Event()

    async def take(self, *what):
        self.seen.append(what)
        self.came.set()


async def sample(context, params):
    content = types.TextContent(type="text", text=f"sampled: {params.messages[0].content.text}")
    return types.CreateMessageResult(model="test", role="assistant", content=content)


async def elicit(context, params):
    return types.ElicitResult(action="accept", content={"name": "Ada"})


async def roots(context):
    return types.ListRootsResult(roots=[types.Root(uri="file:///interop", name="interop")])


def client_of(mode, **callbacks):
    transport = stdio_client(StdioServerParameters(command=command, args=args))
    return Client(
        transport,
        mode=mode,
        sampling_callback=sample,
        elicitation_callback=elicit,
        list_roots_callback=roots,
        **callbacks,
    )


def words_of(result):
    return "\n".join(part.text for part in result.content)


async def echo(client, message):
    return words_of(await client.call_tool("echo", {"message": message}))


async def slow(client, steps, progress):
    arguments = {"duration": 0.1 * steps, "steps": steps}
    return await client.call_tool("trigger-long-running-operation", arguments, progress_callback=progress)


async def initialize(client):
    assert client.server_info.name
    assert client.server_capabilities.tools
    await client.send_ping()


async def discover(client):
    assert client.protocol_version == "2026-07-28"
    assert client.session.discover_result.supported_versions == ["2026-07-28"]


async def tools(client):
    assert "echo" in [tool.name for tool in (await client.list_tools()).tools]


async def call(client):
    message = 'Zürich \u2028 "𝄞"'
    assert await echo(client, message) == f"Echo: {message}"
    assert len(await echo(client, "x" * (1 << 20))) == (1 << 20) + 6


async def error(client):
    try:
        await client.get_prompt("no-such-prompt")
        raise AssertionError("a prompt that is not there was found")
    except MCPError as failure:
        assert "no-such-prompt" in failure.error.message, failure
    assert await echo(client, "after") == "Echo: after"


async def progress(client):
    waiter = Waiter()
    await slow(client, 3, waiter.take)
    assert [(done, total) for done, total, _ in waiter.seen] == [(1, 3), (2, 3), (3, 3)], waiter.seen


async def sampling(client):
    words = words_of(await client.call_tool("trigger-sampling-request", {"prompt": "hello"}))
    assert "sampled: " in words and "hello" in words, words


async def elicitation(client):
    assert "Ada" in words_of(await client.call_tool("trigger-elicitation-request", {}))


async def list_roots(client):
    assert "file:///interop" in words_of(await client.call_tool("get-roots-list", {}))


async def prompts(client):
    assert "simple-prompt" in [prompt.name for prompt in (await client.list_prompts()).prompts]
    assert (await client.get_prompt("simple-prompt")).messages[0].content.text


async def cancel(client):
    waiter = Waiter()
    async with anyio.create_task_group() as group:
        group.start_soon(slow, client, 1000, waiter.take)
        await waiter.came.wait()
        group.cancel_scope.cancel()
    assert await echo(client, "after") == "Echo: after"


async def cut(client):
    seen = []

    async def step(done, total, message):
        seen.append(done)
        print(f"step {done:g}", flush=True)

    words = words_of(await slow(client, 8, step))
    assert "completed" in words or words == "done", words
    assert seen == [1, 2, 3, 4, 5, 6, 7, 8], seen


async def many(client):
    answers = {}

    async def ask(number):
        answers[number] = await echo(client, f"number {number}")

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(ask, number)
    assert answers == {number: f"Echo: number {number}" for number in range(50)}


async def end(client):
    await echo(client, "before")


async def listen(client):
    async with client.listen(tools_list_changed=True) as subscription:
        await client.call_tool("change-tools", {})
        async for event in subscription:
            assert type(event).__name__ == "ToolsListChanged", event
            break


async def logging(mode):
    waiter = Waiter()
    async with client_of(mode, logging_callback=waiter.take) as client:
        if client.server_capabilities.logging:
            await client.set_logging_level("debug")
        await client.call_tool("toggle-simulated-logging", {})
        await waiter.came.wait()
        assert waiter.seen[0][0].data


async def resources(mode):
    updated = Waiter()

    async def on_message(message):
        if isinstance(message, types.ResourceUpdatedNotification):
            await updated.take(str(message.params.uri))

    async with client_of(mode, message_handler=on_message) as client:
        assert "Resource 1" in (await client.read_resource(TEXT_RESOURCE)).contents[0].text
        if client.server_capabilities.resources.subscribe:
            await client.subscribe_resource(TEXT_RESOURCE)
        await client.call_tool("toggle-subscriber-updates", {})
        await updated.came.wait()
        assert updated.seen == [(TEXT_RESOURCE,)], updated.seen


async def main():
    era, case = name.split(":")
    mode = "legacy" if era == "legacy" else "2026-07-28"
    if case in ("logging", "resources"):
        await {"logging": logging, "resources": resources}[case](mode)
        return
    if case == "discover":
        mode = "auto"
    body = {"roots": list_roots}.get(case) or globals()[case]
    async with client_of(mode) as client:
        await body(client)


anyio.run(main)
