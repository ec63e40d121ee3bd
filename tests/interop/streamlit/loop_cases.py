"""The failure that the page does not have: "Event loop is closed".

An HTTP client for asyncio keeps its connections for the next request. A page without an event loop of its own runs each
turn by asyncio.run, which closes the loop at its end: the next turn takes a kept connection, and finds that the loop
that moved its bytes is closed. The agents here keep connections open between requests, as HTTP/1.1 has it.
"""

import asyncio
import threading
import uuid
import warnings

import httpx
from a2a import types as a2a03
from a2a.client import A2AClient
from child import PATIENCE_S
from lf.a2a.v1 import a2a_pb2 as a2a
from scene import Case

TURNS = 20
CLOSED = "RuntimeError: Event loop is closed"


def in_fresh_threads(turn):
    """What came of the turns, each in a thread of its own, as Streamlit runs them, one after the other."""
    outcomes = []

    def run(number):
        try:
            outcomes.append(f"ok: {turn(f'turn {number}')}")
        except Exception as error:
            outcomes.append(f"{type(error).__name__}: {error}")

    for number in range(1, TURNS + 1):
        thread = threading.Thread(target=run, args=[number])
        thread.start()
        thread.join()
    return outcomes


def sdk_turn(url):
    """A turn by the SDK's JSON-RPC client, which is made once, with one httpx client."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        client = A2AClient(httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False), url=url)

    async def ask(text):
        part = a2a03.Part(root=a2a03.TextPart(text=text))
        message = a2a03.Message(message_id=str(uuid.uuid4()), role=a2a03.Role.user, parts=[part])
        params = a2a03.MessageSendParams(message=message)
        request = a2a03.SendStreamingMessageRequest(id=str(uuid.uuid4()), params=params)
        results = [event.root.result async for event in client.send_message_streaming(request)]
        [artifact] = [result.artifact for result in results if result.kind == "artifact-update"]
        return artifact.parts[0].root.text

    return lambda text: asyncio.run(ask(text))


def grpc_turn(stub):
    """A turn by plain gRPC stubs, over one channel."""

    def ask(text):
        message = a2a.Message(message_id=str(uuid.uuid4()), role=a2a.ROLE_USER, parts=[a2a.Part(text=text)])
        events = list(stub.SendStreamingMessage(a2a.SendMessageRequest(message=message), timeout=PATIENCE_S))
        [artifact] = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
        return artifact.parts[0].text

    return ask


class ClosedLoop(Case):
    def show(self, agent, direct, through):
        print(f"\n\n{agent}: {TURNS} turns, each in a fresh thread")
        print("  turn  A2AClient of a2a-sdk 0.3, to the agent   gRPC stubs, through Sluice")
        for number, (one, other) in enumerate(zip(direct, through, strict=True), 1):
            print(f"  {number:>4}  {one:<40} {other}")
        ok = [sum(outcome.startswith("ok") for outcome in outcomes) for outcomes in (direct, through)]
        print(f"        {f'{ok[0]} of {TURNS} ok':<40} {ok[1]} of {TURNS} ok", flush=True)

    def check(self, agent, url, stub):
        direct = in_fresh_threads(sdk_turn(url))
        through = in_fresh_threads(grpc_turn(stub))
        self.show(agent, direct, through)
        well = [f"ok: turn {number}" for number in range(1, TURNS + 1)]
        self.assertEqual(direct[0], well[0])
        self.assertIn(CLOSED, direct)
        self.assertEqual([was for was, good in zip(direct, well, strict=True) if was not in (good, CLOSED)], [])
        self.assertEqual(through, well)

    def test_an_agent_of_a2a_sdk_03(self):
        self.check("an agent of a2a-sdk 0.3", self.scene.deep_agent_url, self.scene.deep_stub)

    def test_sluice_agent(self):
        self.check("sluice-agent", self.scene.agent_url, self.scene.stub)
