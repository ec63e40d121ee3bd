"""PyPI's grpcio-reflection builds its messages from what it is told; it asks grpc.reflection.v1alpha."""

import contextlib
import threading
import uuid

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha import proto_reflection_descriptor_database, reflection_pb2

from grpcurl_cases import A2A, SERVICES
from scene import PATIENCE_S, Case

VERSIONS = ["v1", "v1alpha"]


def connect(address):
    return grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])


def ask(channel, version, requests):
    """The stream of answers. On the wire both versions are the same."""
    method = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    return method(requests, timeout=PATIENCE_S)


@contextlib.contextmanager
def held_open(request):
    """Requests of a client that asks once and then keeps its stream open."""
    over = threading.Event()

    def requests():
        yield request
        over.wait()

    try:
        yield requests()
    finally:
        over.set()


class Python(Case):
    def setUp(self):
        self.channel = connect(self.scene.address)
        self.addCleanup(self.channel.close)
        self.database = proto_reflection_descriptor_database.ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def message_class(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def test_every_service_is_named(self):
        self.assertEqual(list(self.database.get_services()), SERVICES)

    def test_every_service_is_described_with_its_methods(self):
        for service in SERVICES:
            self.assertGreater(len(self.pool.FindServiceByName(service).methods), 0)
        self.assertEqual(len(self.pool.FindServiceByName(A2A).methods), 11)

    def test_files_and_types_are_found_by_their_names(self):
        self.assertEqual(self.pool.FindFileByName("lf/a2a/v1/a2a.proto").package, "lf.a2a.v1")
        self.assertEqual(self.pool.FindMessageTypeByName("google.protobuf.Struct").file.name, "google/protobuf/struct.proto")
        self.assertEqual(self.pool.FindEnumTypeByName("lf.a2a.v1.TaskState").values_by_name["TASK_STATE_COMPLETED"].number, 3)
        self.assertEqual(self.pool.FindFieldByName("lf.a2a.v1.Part.text").number, 1)

    def test_what_is_not_there_is_a_key_error(self):
        with self.assertRaises(KeyError):
            self.pool.FindFileByName("no/such.proto")
        with self.assertRaises(KeyError):
            self.pool.FindMessageTypeByName("lf.a2a.v1.NoSuchMessage")
        with self.assertRaises(KeyError):
            self.database.FindAllExtensionNumbers("no.such.Message")

    def test_a_message_without_extensions_has_none(self):
        self.assertEqual(list(self.database.FindAllExtensionNumbers("lf.a2a.v1.Part")), [])

    def test_an_extension_that_is_none_is_not_found(self):
        wanted = reflection_pb2.ExtensionRequest(containing_type="lf.a2a.v1.Part", extension_number=100)
        for version in VERSIONS:
            request = reflection_pb2.ServerReflectionRequest(file_containing_extension=wanted)
            (answer,) = ask(self.channel, version, iter([request]))
            self.assertEqual(answer.error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])
            self.assertIn('extension 100 of "lf.a2a.v1.Part"', answer.error_response.error_message)

    def test_a_stream_runs_on_messages_made_from_what_was_told(self):
        request = self.message_class("lf.a2a.v1.SendMessageRequest")()
        request.message.message_id = str(uuid.uuid4())
        request.message.role = 1
        request.message.parts.add(text="slow 3 10")
        send = self.channel.unary_stream(
            f"/{A2A}/SendStreamingMessage",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.message_class("lf.a2a.v1.StreamResponse").FromString,
        )
        events = list(send(request, timeout=PATIENCE_S))
        self.assertEqual(sum(event.HasField("artifact_update") for event in events), 3)
        self.assertEqual(events[-1].status_update.status.state, 3)

    def test_one_stream_answers_in_order_and_tells_each_import_once(self):
        names = ["lf.a2a.v1.Task", "no.such.Thing", "sluice.v1.Gateway", "lf.a2a.v1.Message"]
        for version in VERSIONS:
            requests = [reflection_pb2.ServerReflectionRequest(file_containing_symbol=name) for name in names]
            answers = list(ask(self.channel, version, iter(requests)))
            self.assertEqual([answer.original_request.file_containing_symbol for answer in answers], names)
            task, nothing, gateway, message = answers
            self.assertEqual(len(task.file_descriptor_response.file_descriptor_proto), 4)
            self.assertEqual(nothing.error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])
            self.assertGreater(len(gateway.file_descriptor_response.file_descriptor_proto), 1)
            self.assertEqual(len(message.file_descriptor_response.file_descriptor_proto), 1)

    def test_an_open_stream_does_not_hold_up_a_stop(self):
        gateway = self.scene.start_sluice("--drain-deadline=1h")
        first = reflection_pb2.ServerReflectionRequest(list_services="")
        with connect(gateway.address) as channel, contextlib.ExitStack() as stack:
            streams = []
            for version in VERSIONS:
                requests = stack.enter_context(held_open(first))
                streams.append(ask(channel, version, requests))
                self.assertTrue(next(streams[-1]).HasField("list_services_response"))
            self.assertEqual(gateway.stop(), 0, gateway.log.read_text())
            for stream in streams:
                with self.assertRaises(grpc.RpcError) as ended:
                    next(stream)
                self.assertEqual(ended.exception.code(), grpc.StatusCode.UNAVAILABLE)
                self.assertIn("going away", ended.exception.details())
