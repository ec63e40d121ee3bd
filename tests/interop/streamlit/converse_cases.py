"""client/examples/python/converse.py, as its first comment says it is used."""

import os
import subprocess
import sys

from scene import PATIENCE_S, Case

CONVERSE = os.environ["CONVERSE"]


class ConverseCases(Case):
    def converse(self, *lines):
        run = subprocess.run(
            [sys.executable, CONVERSE, self.scene.address],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def test_a_question_of_the_agent_is_answered_by_the_next_line(self):
        shown = self.converse("ask", "forty-two")
        asked = shown.index("[TASK_STATE_INPUT_REQUIRED]")
        self.assertIn("forty-two", "\n".join(shown[asked + 1 :]))
        self.assertEqual(shown[-1], "[TASK_STATE_COMPLETED]")
        self.assertEqual(len(self.scene.tasks()[0].history), 3, "both lines went to one task")

    def test_a_failure_is_told_and_the_next_line_goes_on(self):
        shown = self.converse("fault cut-events 2 reset; slow 5 1", "hello")
        self.assertIn("the upstream", "\n".join(shown))
        self.assertEqual(shown[-1], "[TASK_STATE_COMPLETED]")
