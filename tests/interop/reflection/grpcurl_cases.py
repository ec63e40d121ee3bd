"""grpcurl knows the address and nothing else; it asks grpc.reflection.v1."""

import base64
import json
import uuid

from scene import Case

A2A = "lf.a2a.v1.A2AService"
A2A_V03 = "a2a.v1.A2AService"
SERVICES = [
    A2A_V03,
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    A2A,
    "sluice.v1.Conversation",
    "sluice.v1.Gateway",
]


def saying(text):
    return {"message": {"messageId": str(uuid.uuid4()), "role": "ROLE_USER", "parts": [{"text": text}]}}


class Grpcurl(Case):
    def test_list_names_every_service(self):
        self.assertEqual(self.grpcurl("list").splitlines(), SERVICES)

    def test_list_of_a_service_names_its_methods(self):
        methods = self.grpcurl("list", A2A).splitlines()
        self.assertEqual(len(methods), 11)
        self.assertIn(f"{A2A}.SendStreamingMessage", methods)
        self.assertEqual(len(self.grpcurl("list", A2A_V03).splitlines()), 10)

    def test_every_service_can_be_described(self):
        for service in SERVICES:
            self.assertIn(f"{service} is a service:", self.grpcurl("describe", service))

    def test_describe_prints_a_service_as_it_is_written(self):
        text = self.grpcurl("describe", A2A)
        self.assertIn("rpc SendMessage ( .lf.a2a.v1.SendMessageRequest ) returns ( .lf.a2a.v1.SendMessageResponse );", text)
        self.assertIn("returns ( stream .lf.a2a.v1.StreamResponse );", text)

    def test_describe_prints_a_message_with_its_imports_types(self):
        text = self.grpcurl("describe", "lf.a2a.v1.Part")
        self.assertIn("oneof content {", text)
        self.assertIn("string text = 1;", text)
        self.assertIn(".google.protobuf.Struct metadata = ", text)

    def test_describe_finds_one_method(self):
        text = self.grpcurl("describe", ".grpc.health.v1.Health.Check")
        self.assertIn("rpc Check ( .grpc.health.v1.HealthCheckRequest ) returns ( .grpc.health.v1.HealthCheckResponse );", text)

    def test_describe_can_print_a_template_of_a_request(self):
        text = self.grpcurl("describe", "lf.a2a.v1.SendMessageRequest", flags=["-msg-template"])
        template = json.loads(text[text.index("\n{") :])
        self.assertIn("messageId", template["message"])

    def test_describe_of_what_is_not_there_says_so(self):
        ran = self.scene.grpcurl("describe", "lf.a2a.v1.NoSuchThing")
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("lf.a2a.v1.NoSuchThing", ran.stderr)

    def test_a_unary_call_is_answered(self):
        (answer,) = self.call(f"{A2A}/SendMessage", saying("hello"))
        self.assertEqual(answer["task"]["status"]["state"], "TASK_STATE_COMPLETED")
        self.assertEqual(answer["task"]["artifacts"][0]["parts"], [{"text": "hello"}])
        self.assertIn("contextId", answer["task"])

    def test_a_streaming_call_prints_every_event(self):
        events = self.call(f"{A2A}/SendStreamingMessage", saying("slow 5 10"))
        self.assertEqual(sum("artifactUpdate" in event for event in events), 5)
        self.assertEqual(events[-1]["statusUpdate"]["status"]["state"], "TASK_STATE_COMPLETED")

    def test_a_session_carries_many_requests(self):
        requests = [
            {"jsonrpc": "2.0", "id": number, "method": "SendMessage", "params": saying(f"request {number}")}
            for number in range(1, 4)
        ]
        frames = [{"message": {"json": base64.b64encode(json.dumps(one).encode()).decode()}} for one in requests]
        opened, *answers = self.call("sluice.v1.Gateway/Session", {"open": {}}, *frames)
        self.assertEqual(opened, {"opened": {"upstream": "default", "kind": "a2a", "era": "1.0"}})
        responses = [json.loads(base64.b64decode(frame["message"]["json"])) for frame in answers if "message" in frame]
        self.assertEqual(sorted(response["id"] for response in responses), [1, 2, 3])
        for response in responses:
            text = response["result"]["task"]["artifacts"][0]["parts"][0]["text"]
            self.assertEqual(text, f"request {response['id']}")

    def test_a_conversation_carries_many_messages(self):
        frames = [{"requestId": str(number), "send": saying(f"message {number}")} for number in range(1, 4)]
        answers = self.call("sluice.v1.Conversation/Converse", *frames)
        ended = {frame["requestId"]: frame["ended"] for frame in answers if "ended" in frame}
        self.assertEqual(sorted(ended), ["1", "2", "3"])
        for end in ended.values():
            self.assertEqual(end["status"], {})
            self.assertEqual(end["lastState"], "TASK_STATE_COMPLETED")

    def test_health_is_told_of_every_service(self):
        for service in ["", *SERVICES]:
            self.assertEqual(self.call("grpc.health.v1.Health/Check", {"service": service}), [{"status": "SERVING"}])

    def test_an_error_is_printed_with_its_details(self):
        ran = self.scene.grpcurl(f"{A2A}/GetTask", flags=["-d", '{"id": "no-such-task"}'])
        self.assertEqual(ran.returncode, 64 + 5, ran.stderr)
        self.assertIn("Code: NotFound", ran.stderr)
        details = ran.stderr[ran.stderr.index("Details:") :]
        self.assertIn('"@type": "type.googleapis.com/google.rpc.ErrorInfo"', details)
        self.assertIn('"reason": "TASK_NOT_FOUND"', details)
        self.assertIn('"domain": "a2a-protocol.org"', details)

    def test_a_request_that_does_not_fit_is_refused_by_the_client_itself(self):
        ran = self.scene.grpcurl(f"{A2A}/SendMessage", flags=["-d", '{"no_such_field": 1}'])
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("no_such_field", ran.stderr)
