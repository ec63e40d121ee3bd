"""What a user of the page sees, and what the agent sees of it."""

import os

from lf.a2a.v1 import a2a_pb2 as a2a
from scene import Case, Chat

ENDLESS = "slow 100000 300"  # chunks for hours
SILENT = "silent 10000000"  # nothing for hours


class PageCase(Case):
    def setUp(self):
        self.eventually("an idle agent", lambda: self.scene.agent("stats")["openStreams"] == 0)
        self.scene.agent("reset", "POST")
        self.known = {task.id for task in self.scene.tasks()}

    def open(self):
        chat = Chat(self.scene, self.scene.page_url)
        self.addCleanup(chat.close)
        return chat

    def tasks(self):
        """Those of this case, the newest first."""
        return [task for task in self.scene.tasks() if task.id not in self.known]

    def agent_sees_cancels(self, count):
        """That so many streams were closed by their client, and their tasks cancelled; nothing goes on."""
        stats = self.eventually(
            f"{count} cancels at the agent",
            lambda: (s := self.scene.agent("stats"))["requests"].get("CancelTask") == count and s,
        )
        self.assertEqual([lost["method"] for lost in stats["disconnects"]], ["SendStreamingMessage"] * count)
        self.assertEqual(stats["openStreams"], 0)
        self.assertEqual([task.status.state for task in self.tasks()], [a2a.TASK_STATE_CANCELED] * count)


class Turns(PageCase):
    def test_an_answer_is_shown(self):
        chat = self.open()
        chat.ask("Good morning")
        chat.sees("Done.")
        self.assertEqual(chat.text(), "Good morning\n\nDone.")

    def test_all_turns_of_a_chat_are_of_one_context(self):
        chat = self.open()
        for question in ("one", "two", "three"):
            chat.ask(question)
            chat.sees("Done.")
        self.assertEqual(len(self.tasks()), 3)
        self.assertEqual(len({task.context_id for task in self.tasks()}), 1)

    def test_text_is_shown_while_it_comes(self):
        chat = self.open()
        chat.ask("size 9 400 13")
        chat.sees("chunk 1 of 9")
        self.assertNotIn("chunk 9 of 9", chat.text())
        chat.sees("Done.")
        self.assertEqual(chat.text(), "".join(f"chunk {n} of 9 " for n in range(1, 10)).rstrip() + "\n\nDone.")

    def test_an_answer_to_a_question_goes_on_with_the_same_task(self):
        chat = self.open()
        chat.ask("ask")
        chat.sees("The agent waits for your answer.")
        self.assertIn("What else should I know?", chat.text())
        chat.ask("nothing")
        chat.sees("Done.")
        [task] = self.tasks()
        self.assertEqual(task.status.state, a2a.TASK_STATE_COMPLETED)
        chat.ask("and now something else")
        chat.sees("Done.")
        self.assertEqual(len(self.tasks()), 2)

    def test_a_failed_task_is_said_to_have_failed(self):
        chat = self.open()
        chat.ask("fail")
        chat.sees("The agent could not do it.")
        self.assertIn("Failed, as asked.", chat.text())

    def test_a_cut_answer_is_kept_and_told_in_one_sentence(self):
        chat = self.open()
        chat.ask("fault cut-events 3 reset; size 9 20 13")
        chat.sees("No complete answer")
        text, note = chat.text().split("\n\n")
        self.assertEqual(text, "chunk 1 of 9 chunk 2 of 9")
        self.assertRegex(note, r"^No complete answer: .*\(UNAVAILABLE, UPSTREAM_STREAM_TRUNCATED\)\.$")
        chat.ask("still there?")
        chat.sees("Done.")


class Ends(PageCase):
    def test_stop_in_mid_stream_cancels_and_keeps_what_has_come(self):
        chat = self.open()
        chat.ask(ENDLESS)
        chat.sees("chunk 3 of")
        chat.press_stop()
        chat.sees("Stopped.")
        self.assertIn("chunk 3 of", chat.text())
        self.agent_sees_cancels(1)
        chat.ask("go on")
        chat.sees("Done.")

    def test_stop_cancels_while_the_agent_is_silent(self):
        chat = self.open()
        chat.ask(SILENT)
        self.eventually("the stream", lambda: self.scene.agent("stats")["openStreams"])
        chat.press_stop()
        chat.sees("Stopped.")
        self.agent_sees_cancels(1)

    def test_a_new_question_in_mid_stream_cancels(self):
        chat = self.open()
        chat.ask(SILENT)
        self.eventually("the stream", lambda: self.scene.agent("stats")["openStreams"])
        chat.ask(ENDLESS)
        chat.sees("chunk 1 of")
        chat.press_stop()
        chat.sees("Stopped.")
        self.agent_sees_cancels(2)

    def test_a_reload_in_mid_stream_cancels(self):
        chat = self.open()
        chat.ask(ENDLESS)
        chat.sees("chunk 3 of")
        chat.reload()
        self.agent_sees_cancels(1)
        chat.ask("again")
        chat.sees("Done.")

    def test_a_reload_cancels_while_the_agent_is_silent(self):
        chat = self.open()
        chat.ask(SILENT)
        self.eventually("the stream", lambda: self.scene.agent("stats")["openStreams"])
        chat.reload()
        self.agent_sees_cancels(1)

    def test_a_closed_page_cancels(self):
        chat = Chat(self.scene, self.scene.page_url)
        chat.ask(SILENT)
        self.eventually("the stream", lambda: self.scene.agent("stats")["openStreams"])
        chat.close()
        self.agent_sees_cancels(1)

    def test_what_one_user_stops_goes_on_for_another(self):
        one, other = self.open(), self.open()
        for chat in (one, other):
            chat.ask(ENDLESS)
            chat.sees("chunk 1 of")
        one.press_stop()
        one.sees("Stopped.")
        self.eventually("one cancel", lambda: self.scene.agent("stats")["requests"].get("CancelTask") == 1)
        self.assertEqual(self.scene.agent("stats")["openStreams"], 1)
        other.sees("chunk 9 of")
        other.press_stop()
        other.sees("Stopped.")
        self.agent_sees_cancels(2)


class DeepAgent(Case):
    """The same page before an agent of a2a-sdk 0.3."""

    def test_it_asks_back_is_answered_and_stopped(self):
        chat = Chat(self.scene, self.scene.deep_page_url)
        self.addCleanup(chat.close)
        chat.ask("How high is the highest mountain of each continent?")
        chat.sees("The agent waits for your answer.")
        self.assertIn("How deep shall I look", chat.text())
        chat.ask("Everything")
        chat.sees("Source 4")
        picture = chat.page.screenshot(path=os.environ["PICTURE"])
        self.assertLess(len(picture), 150_000)
        chat.press_stop()
        chat.sees("Stopped.")
        [task_id] = self.eventually("the cancel", self.scene.cancelled)
        task = self.scene.deep_stub.GetTask(a2a.GetTaskRequest(id=task_id))
        self.assertEqual(task.status.state, a2a.TASK_STATE_CANCELED)
