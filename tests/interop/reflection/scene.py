"""The programs under test, and what the cases stand on."""

import json
import pathlib
import subprocess
import unittest

from child import PATIENCE_S, Child


class Scene:
    """sluice with sluice-agent behind it, and grpcurl."""

    def __init__(self, bin_dir, grpcurl, log_dir):
        self._bin_dir = pathlib.Path(bin_dir)
        self._grpcurl = grpcurl
        self._log_dir = log_dir
        self._children = []
        agent = self._start("sluice-agent", ["--listen=127.0.0.1:0"], r"(http://\S+)")
        self._agent_url = agent.address
        self.address = self.start_sluice().address

    def _start(self, name, args, ready):
        child = Child(self._bin_dir / name, args, ready, self._log_dir)
        self._children.append(child)
        return child

    def start_sluice(self, *args):
        fixed = ["--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--lame-duck=0s", f"--upstream={self._agent_url}"]
        return self._start("sluice", [*fixed, *args], r"^sluice: serving grpc=(\S+) ")

    def grpcurl(self, *words, flags=(), stdin=""):
        """Runs `grpcurl flags ADDRESS words`."""
        command = [self._grpcurl, "-plaintext", "-max-time", str(PATIENCE_S), *flags, self.address, *words]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False)

    def stop(self):
        """The exit codes of all programs that still run, gateways first."""
        return [child.stop() for child in reversed(self._children) if child.process.poll() is None]


class Case(unittest.TestCase):
    """A case with the scene that the runner sets."""

    maxDiff = None
    scene: Scene

    def grpcurl(self, *words, flags=(), stdin=""):
        """What grpcurl prints when all is well."""
        ran = self.scene.grpcurl(*words, flags=flags, stdin=stdin)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def call(self, method, *messages):
        """The messages that a call through grpcurl answers."""
        text = self.grpcurl(method, flags=["-d", "@"], stdin="\n".join(map(json.dumps, messages)))
        decoder, answers = json.JSONDecoder(), []
        while text := text.lstrip():
            answer, end = decoder.raw_decode(text)
            answers.append(answer)
            text = text[end:]
        return answers
