// The gRPC client of @a2a-js/sdk as a program: it makes the calls that it is told to make, with the SDK's own client,
// and tells what the SDK made of them. ../README.md has the lines that go in and out; a2a_python/client.py is
// the same for the other SDK. It ends when its stdin does.
// Argument: "0.3" takes the SDK's client for agents of that version, which is used like the one of 1.0.
import readline from 'node:readline';

import * as sdk from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import * as errors from '@a2a-js/sdk/errors';
import { decodeErrorInfo, decodeStatus } from '@a2a-js/sdk/errors/grpc';
import { A2AService } from '@a2a-js/sdk/server/grpc';
import {
  compressionAlgorithms,
  credentials,
  InterceptingCall,
  makeGenericClientConstructor,
  status as grpcStatus,
} from '@grpc/grpc-js';

const protocolVersion = process.argv[2] ?? '1.0';

function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

// A client takes a task or a message out of the response: it is put back, so that both SDKs' answers look alike.
const sent = (value) =>
  'messageId' in value ? { message: sdk.Message.toJSON(value) } : { task: sdk.Task.toJSON(value) };

// Per rpc: the method of the SDK's client, the request's type, what makes JSON of an answer.
const unary = {
  SendMessage: ['sendMessage', sdk.SendMessageRequest, sent],
  GetTask: ['getTask', sdk.GetTaskRequest, sdk.Task.toJSON],
  ListTasks: ['listTasks', sdk.ListTasksRequest, sdk.ListTasksResponse.toJSON],
  CancelTask: ['cancelTask', sdk.CancelTaskRequest, sdk.Task.toJSON],
  CreateTaskPushNotificationConfig: [
    'createTaskPushNotificationConfig',
    sdk.TaskPushNotificationConfig,
    sdk.TaskPushNotificationConfig.toJSON,
  ],
  GetTaskPushNotificationConfig: [
    'getTaskPushNotificationConfig',
    sdk.GetTaskPushNotificationConfigRequest,
    sdk.TaskPushNotificationConfig.toJSON,
  ],
  ListTaskPushNotificationConfigs: [
    'listTaskPushNotificationConfig',
    sdk.ListTaskPushNotificationConfigsRequest,
    sdk.ListTaskPushNotificationConfigsResponse.toJSON,
  ],
  DeleteTaskPushNotificationConfig: [
    'deleteTaskPushNotificationConfig',
    sdk.DeleteTaskPushNotificationConfigRequest,
    () => ({}),
  ],
};
const streaming = {
  SendStreamingMessage: ['sendMessageStream', sdk.SendMessageRequest],
  SubscribeToTask: ['resubscribeTask', sdk.SubscribeToTaskRequest],
};

// What a program that was told of the address would know.
function cardFor(address) {
  return sdk.AgentCard.fromJSON({
    name: 'over gRPC',
    supportedInterfaces: [{ url: address, protocolBinding: 'GRPC', protocolVersion }],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
  });
}

function transportsFor({ id, timeout_ms, head }) {
  const grpcCallOptions = {};
  if (timeout_ms) grpcCallOptions.deadline = Date.now() + timeout_ms;
  const listen = (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) =>
        next(metadata, { onReceiveMetadata: (seen, pass) => (tell({ id, head: seen.getMap() }), pass(seen)) }),
    });
  if (head) grpcCallOptions.interceptors = [listen];
  return new GrpcTransportFactory({ grpcCallOptions, legacyCompat: { enabled: protocolVersion === '0.3' } });
}

function clientFor(command) {
  const options = { transports: [transportsFor(command)] };
  const factory = new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, options));
  return command.card ? factory.createFromUrl(command.card, '') : factory.createFromAgentCard(cardFor(command.to));
}

// The SDK's client has no setting for compression: its service definition under a bare gRPC client.
function compressed({ to, compression, request }) {
  const Bare = makeGenericClientConstructor(A2AService, 'A2AService');
  const options = { 'grpc.default_compression_algorithm': compressionAlgorithms[compression] };
  const bare = new Bare(to, credentials.createInsecure(), options);
  return new Promise((resolve, reject) => {
    bare.sendMessage(sdk.SendMessageRequest.fromJSON(request), (error, answer) => {
      bare.close();
      if (error) reject(error);
      else resolve(sdk.SendMessageResponse.toJSON(answer));
    });
  });
}

async function run(command, signal) {
  const { id, rpc, request, version } = command;
  const options = { signal, serviceParameters: { ...command.parameters } };
  if (command.compression) return tell({ id, message: await compressed(command) });
  let client = await clientFor(command);
  tell({ id, transport: client.transport.constructor.name.replace(/^_/, '') });
  if (version) {
    // The client says its own version whatever it is told; its transport can be told.
    client = client.transport;
    options.serviceParameters['A2A-Version'] = version;
  }
  if (rpc === 'GetExtendedAgentCard') {
    return tell({ id, message: sdk.AgentCard.toJSON(await client.getAgentCard(options)) });
  }
  if (rpc in streaming) {
    const [method, type] = streaming[rpc];
    for await (const event of client[method](type.fromJSON(request), options)) {
      tell({ id, message: sdk.StreamResponse.toJSON(event) });
    }
    return undefined;
  }
  const [method, type, answer] = unary[rpc];
  return tell({ id, message: answer(await client[method](type.fromJSON(request), options)) });
}

// The class by which a program would catch it: the SDK's gRPC errors are hidden subclasses of these.
function classOf(error) {
  const Class = errors[error.name];
  return Class && error instanceof Class ? error.name : `(${error.name})`;
}

function infoOf(error) {
  if (!error.statusDetailsBin) return undefined;
  const found = decodeStatus(error.statusDetailsBin).details.find(({ typeUrl }) => typeUrl === errors.ERROR_INFO_TYPE);
  return found && decodeErrorInfo(found.value);
}

const running = new Map();
tell({ ready: true });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.cancel) {
    running.get(command.cancel)?.abort();
  } else {
    const { id } = command;
    const abort = new AbortController();
    running.set(id, abort);
    run(command, abort.signal)
      .then(() => tell({ id, end: {} }))
      .catch((error) => {
        const code = grpcStatus[error.status] ?? '';
        tell({ id, end: { error: classOf(error), code, message: error.message, info: infoOf(error) } });
      })
      .finally(() => running.delete(id));
  }
}
process.exit(0);
