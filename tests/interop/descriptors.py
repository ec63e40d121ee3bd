"""Compares one proto file of ours with the descriptor of the same package that an SDK brings.

Arguments: a FileDescriptorSet, the file in it, the SDK's module, what the SDK is called. Prints what was compared and
each difference, and exits with 1 if there is one. Compared is what a peer can tell on the wire or in ProtoJSON: full
names, field numbers, types, labels, oneofs, presence, JSON names, enum values, methods with their types and streaming.
Options, comments and the order of declarations are not.
"""

import collections
import importlib
import sys

from google.protobuf import descriptor_pb2, descriptor_pool

FIELD = descriptor_pb2.FieldDescriptorProto


def facts_of_field(field):
    kind = field.message_type or field.enum_type
    return {
        "number": field.number,
        "type": FIELD.Type.Name(field.type) + (f" {kind.full_name}" if kind else ""),
        "label": "repeated" if field.is_repeated else "required" if field.is_required else "optional",
        "oneof": field.containing_oneof.name if field.containing_oneof else None,
        "presence": field.has_presence,
        "packed": field.is_packed,
        "JSON name": field.json_name,
    }


def facts_of_enum(enum):
    yield "enums", enum.full_name, {"values": sorted((value.number, value.name) for value in enum.values)}


def facts_of_message(message):
    is_map = message.GetOptions().map_entry
    yield "map entries" if is_map else "messages", message.full_name, {
        "oneofs": sorted(oneof.name for oneof in message.oneofs)
    }
    for field in message.fields:
        yield "fields", field.full_name, facts_of_field(field)
    for enum in message.enum_types:
        yield from facts_of_enum(enum)
    for nested in message.nested_types:
        yield from facts_of_message(nested)


def facts_of_service(service):
    yield "services", service.full_name, {}
    for method in service.methods:
        yield "rpcs", method.full_name, {
            "request": method.input_type.full_name,
            "response": method.output_type.full_name,
            "client streaming": method.client_streaming,
            "server streaming": method.server_streaming,
        }


def facts_of_file(file):
    """What there is to compare: (kind, full name) to what is known of it."""
    parts = [
        *map(facts_of_message, file.message_types_by_name.values()),
        *map(facts_of_enum, file.enum_types_by_name.values()),
        *map(facts_of_service, file.services_by_name.values()),
    ]
    facts = {("package", file.package): {}}
    facts.update({(kind, name): known for part in parts for kind, name, known in part})
    return facts


def differences(ours, theirs):
    for kind, name in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get((kind, name)), theirs.get((kind, name))
        if here is None or there is None:
            yield f"{kind}: {name}: only {'theirs' if here is None else 'ours'}"
            continue
        for fact in here:
            if here[fact] != there[fact]:
                yield f"{kind}: {name}: {fact}: ours {here[fact]!r}, theirs {there[fact]!r}"


def load(path, name):
    pool = descriptor_pool.DescriptorPool()
    with open(path, "rb") as file:
        for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.Add(proto)
    return pool.FindFileByName(name)


def main(path, name, module, sdk):
    ours = facts_of_file(load(path, name))
    theirs = facts_of_file(importlib.import_module(module).DESCRIPTOR)
    found = list(differences(ours, theirs))
    for line in found:
        print(f"      {line}")
    count = collections.Counter(kind for kind, _ in ours)
    compared = ", ".join(f"{count[kind]} {kind}" for kind in ("messages", "fields", "enums", "services", "rpcs"))
    package = next(name for kind, name in ours if kind == "package")
    print(f"{'FAIL' if found else 'ok  '}  {package} and {module} of {sdk}: {compared}: {len(found)} differences")
    sys.exit(1 if found else 0)


main(*sys.argv[1:])
