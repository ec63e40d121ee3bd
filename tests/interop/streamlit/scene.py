"""Two agents, the scripted one and one of an SDK that speaks A2A 0.3; a sluice before each, the example's page before
that, and a Chromium that looks at the page."""

import json
import os
import pathlib
import sys
import time
import unittest
import urllib.request

import grpc
from child import Child
from lf.a2a.v1 import a2a_pb2 as a2a
from lf.a2a.v1 import a2a_pb2_grpc

HERE = pathlib.Path(__file__).parent
VIEW = {"width": 840, "height": 840}
PATIENCE_S = 120  # a browser is slow on a machine that is busy with something else


def ask(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=PATIENCE_S) as reply:
        return json.load(reply)


class Scene:
    def __init__(self, bin_dir, page_dir, browser, log_dir):
        self._bin_dir, self._log_dir, self._children = pathlib.Path(bin_dir), log_dir, []
        self.context = browser.new_context(viewport=VIEW)  # one, so that a page's scripts are fetched once
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.agent_url = self.start(self._bin_dir / "sluice-agent", ["--listen=127.0.0.1:0"], r"(http://\S+)")
        self.deep_agent_url = self.start(sys.executable, [HERE / "deep_agent.py"], r"(http://\S+)")
        self.address = address = self.start_sluice(f"--upstream={self.agent_url}")
        deep_address = self.start_sluice(f"--upstream={self.deep_agent_url}", "--set=upstreams.default.version=0.3")
        self.stub, self.deep_stub = self.stub_of(address), self.stub_of(deep_address)
        self.page_url, self.deep_page_url = self.start_page(page_dir, address), self.start_page(page_dir, deep_address)

    def start(self, program, args, ready, **popen):
        """Where the program serves."""
        self._children.append(Child(program, args, ready, self._log_dir, **popen))
        return self._children[-1].address

    def start_sluice(self, *args):
        fixed = ["--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--lame-duck=0s"]
        return self.start(self._bin_dir / "sluice", [*fixed, *args], r"^sluice: serving grpc=(\S+) ")

    def start_page(self, page_dir, address):
        args = ["-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port=0"]
        env = {**os.environ, "SLUICE_ADDRESS": address}
        return self.start(sys.executable, args, r"URL: (http://\S+)", cwd=page_dir, env=env)

    @staticmethod
    def stub_of(address):
        return a2a_pb2_grpc.A2AServiceStub(grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]))

    def agent(self, what, method="GET"):
        """What the scripted agent says of itself."""
        return ask(f"{self.agent_url}_agent/{what}", method)

    def cancelled(self):
        """The tasks of the other agent that were cancelled."""
        return ask(f"{self.deep_agent_url}cancelled")

    def tasks(self):
        """All tasks of the scripted agent, the newest first."""
        return list(self.stub.ListTasks(a2a.ListTasksRequest(page_size=100), timeout=PATIENCE_S).tasks)

    def stop(self):
        """The exit codes of all programs, the last one first."""
        return [child.stop() for child in reversed(self._children)]


class Chat:
    """One user's look at the page."""

    def __init__(self, scene, page_url):
        self.page = scene.context.new_page()
        self.page.goto(page_url)
        self._asked = 0

    def ask(self, text):
        box = self.page.get_by_placeholder("Message")
        box.fill(text)
        box.press("Enter")
        self._asked += 1

    @property
    def answer(self):
        """The place of the answer to the last question."""
        return self.page.get_by_test_id("stChatMessage").nth(2 * self._asked - 1)

    def sees(self, text):
        """Waits until the answer has the text."""
        self.answer.get_by_text(text).first.wait_for()

    def text(self):
        """The answer, without the name of its icon."""
        return self.answer.inner_text().split("\n", 1)[1].strip()

    def press_stop(self):
        self.answer.get_by_role("button", name="Stop").click()

    def reload(self):
        self.page.reload()
        self._asked = 0

    def close(self):
        self.page.close()


class Case(unittest.TestCase):
    """A case with the scene that the runner sets."""

    maxDiff = None
    scene: Scene

    def eventually(self, what, attempt):
        """What `attempt` gives, once it gives something."""
        end = time.monotonic() + PATIENCE_S
        while not (found := attempt()):
            self.assertLess(time.monotonic(), end, f"waited {PATIENCE_S} s for {what}")
            time.sleep(0.02)
        return found
