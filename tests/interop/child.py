"""Programs that tests in Python start."""

import os
import pathlib
import re
import signal
import subprocess

PATIENCE_S = 20


class Child:
    """A program, serving. Its errors go to a file: a pipe that nobody reads would stop it."""

    def __init__(self, program, args, ready, log_dir, **popen):
        """`ready` finds in a line of stdout where it serves; `popen` is for subprocess.Popen."""
        program = pathlib.Path(program)
        self.log = pathlib.Path(log_dir, f"{program.name}-{len(os.listdir(log_dir))}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, **popen
            )
        for line in self.process.stdout:
            if found := re.search(ready, line):
                self.address = found[1]
                return
        raise RuntimeError(f"{program.name} ended without serving:\n{self.log.read_text()}")

    def stop(self):
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "had to be killed"
