"""A chat page for an A2A agent behind Sluice. README.md says how to run it, and what matters in it."""

import os
import textwrap
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import grpc
import streamlit as st
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status
from lf.a2a.v1 import a2a_pb2 as a2a, a2a_pb2_grpc

ADDRESS = os.environ.get("SLUICE_ADDRESS", "127.0.0.1:50051")
WAITS = {a2a.TASK_STATE_INPUT_REQUIRED, a2a.TASK_STATE_AUTH_REQUIRED}
NOTES = {
    a2a.TASK_STATE_INPUT_REQUIRED: "The agent waits for your answer.",
    a2a.TASK_STATE_AUTH_REQUIRED: "The agent waits for you to sign in.",
    a2a.TASK_STATE_FAILED: "The agent could not do it.",
    a2a.TASK_STATE_REJECTED: "The agent declined.",
    a2a.TASK_STATE_CANCELED: "The task was cancelled.",
}


@dataclass
class Turn:
    question: str
    artifacts: dict = field(default_factory=dict)  # their texts by id
    status: str = ""  # what the agent said last about its work, or its one message
    state: int = a2a.TASK_STATE_UNSPECIFIED
    note: str = ""  # how it ended; empty until it is asked

    def text(self):
        return "\n\n".join(filter(None, [*self.artifacts.values(), self.status]))


@st.cache_resource
def agent():
    """One channel for all users: any thread may use it, and it belongs to no event loop."""
    options = [("grpc.enable_http_proxy", 0), ("grpc.keepalive_time_ms", 30_000)]  # pings find a dead gateway
    return a2a_pb2_grpc.A2AServiceStub(grpc.insecure_channel(ADDRESS, options))


def send(text):
    """Begins a new task in this chat's context, or answers the task that waits for its user."""
    ids = {"context_id": st.session_state.context_id, "task_id": st.session_state.waiting_task_id}
    message = a2a.Message(message_id=str(uuid.uuid4()), role=a2a.ROLE_USER, parts=[a2a.Part(text=text)], **ids)
    # Without this a task goes on when its call is cancelled, for whoever comes back to it. Here nobody does.
    metadata = [("sluice-on-cancel", "cancel-task")]
    return agent().SendStreamingMessage(a2a.SendMessageRequest(message=message), metadata=metadata)


def words(parts):
    """The text of the parts, and the name of what is no text."""
    return "".join(p.text if p.HasField("text") else f" [{p.filename or p.WhichOneof('content')}] " for p in parts)


def take(event, turn):
    kind = event.WhichOneof("payload")
    body = getattr(event, kind)
    st.session_state.context_id = body.context_id or st.session_state.context_id
    if kind == "message":
        turn.status = words(body.parts)
    elif kind == "artifact_update":
        before = turn.artifacts.get(body.artifact.artifact_id, "") if body.append else ""
        turn.artifacts[body.artifact.artifact_id] = before + words(body.artifact.parts)
    else:  # the task, or an update of its status
        turn.state, turn.status = body.status.state, words(body.status.message.parts)
        task_id = body.id if kind == "task" else body.task_id
        st.session_state.waiting_task_id = task_id if turn.state in WAITS else ""
    if kind == "task":
        turn.artifacts = {artifact.artifact_id: words(artifact.parts) for artifact in body.artifacts}


def sentence(error):
    """What went wrong, for people, with the status and the reason that a program would look at."""
    details = getattr(rpc_status.from_call(error), "details", ())
    reasons = [ErrorInfo.FromString(d.value).reason for d in details if d.Is(ErrorInfo.DESCRIPTOR)]
    names = ", ".join([error.code().name, *reasons])
    return f"No complete answer: {textwrap.shorten(error.details(), 200)} ({names})."


def run(turn, place, below):
    """Asks, and shows the answer as it comes. Stop, a reload and a closed page end it at its next call of Streamlit,
    and only there: so another thread waits for the agent, which may be silent for long, and this one looks in."""
    turn.note = "Stopped."  # unless it comes to an end
    below.button("Stop")
    call = send(turn.question)
    with ThreadPoolExecutor(max_workers=1) as reader:
        try:
            event = reader.submit(next, call, None)  # None: the call is over
            while not event.done() or event.result():
                place.markdown(turn.text() + " ▌")
                if wait([event], 0.25).done and event.result():
                    take(event.result(), turn)
                    event = reader.submit(next, call, None)
            turn.note = NOTES.get(turn.state, "Done.")
        except grpc.RpcError as error:
            turn.note = sentence(error)
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                st.session_state.waiting_task_id = ""  # perhaps it does not wait any more
        finally:
            call.cancel()  # no effect on a call that is over


st.set_page_config(page_title="Agent", page_icon="💬")
st.title("Agent")
for key, value in {"turns": [], "context_id": "", "waiting_task_id": ""}.items():
    st.session_state.setdefault(key, value)
if question := st.chat_input("Message"):
    st.session_state.turns.append(Turn(question))
for turn in st.session_state.turns:
    st.chat_message("user").markdown(turn.question)
    with st.chat_message("assistant"):
        place, below = st.empty(), st.empty()
        if not turn.note:
            run(turn, place, below)
        place.markdown(turn.text())
        below.caption(turn.note)
