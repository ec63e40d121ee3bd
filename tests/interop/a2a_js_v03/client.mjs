// The gRPC client of @a2a-js/sdk 0.3 as a program, as ../a2a_js/client.mjs is that of 1.0. Requests and answers are A2A
// 0.3 as JSON; ../README.md has the lines that go in and out. It ends when its stdin does.
import readline from 'node:readline';

import * as sdk from '@a2a-js/sdk-v03/client';
import { GrpcTransportFactory } from '@a2a-js/sdk-v03/client/grpc';
import { status as grpcStatus } from '@grpc/grpc-js';

function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

// Per rpc: the method of the SDK's client.
const unary = {
  SendMessage: 'sendMessage',
  GetTask: 'getTask',
  CancelTask: 'cancelTask',
  CreateTaskPushNotificationConfig: 'setTaskPushNotificationConfig',
  GetTaskPushNotificationConfig: 'getTaskPushNotificationConfig',
  ListTaskPushNotificationConfigs: 'listTaskPushNotificationConfig',
  DeleteTaskPushNotificationConfig: 'deleteTaskPushNotificationConfig',
};
const streaming = {
  SendStreamingMessage: 'sendMessageStream',
  SubscribeToTask: 'resubscribeTask',
};

// What a program that was told of the address would know.
function cardFor(address) {
  return {
    name: 'over gRPC',
    url: address,
    preferredTransport: 'GRPC',
    capabilities: { streaming: true, pushNotifications: true },
    supportsAuthenticatedExtendedCard: true,
  };
}

const options = { transports: [new GrpcTransportFactory()] };
const factory = new sdk.ClientFactory(
  sdk.ClientFactoryOptions.createFrom(sdk.ClientFactoryOptions.default, options),
);

const clientFor = ({ to, card }) =>
  card ? factory.createFromUrl(card, '') : factory.createFromAgentCard(cardFor(to));

async function run(command, signal) {
  const { id, rpc, request } = command;
  const client = await clientFor(command);
  tell({ id, transport: client.transport.constructor.name.replace(/^_/, '') });
  if (rpc in streaming) {
    for await (const event of client[streaming[rpc]](request, { signal })) tell({ id, message: event });
  } else {
    tell({ id, message: (await client[unary[rpc]](request, { signal })) ?? {} });
  }
}

// The class by which a program would catch it. An error that has none is a plain Error around gRPC's.
function endOf(error) {
  const Class = sdk[error.constructor.name];
  const code = grpcStatus[error.cause?.code] ?? '';
  return { error: Class && error instanceof Class ? error.constructor.name : 'Error', code, message: error.message };
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
      .catch((error) => tell({ id, end: endOf(error) }))
      .finally(() => running.delete(id));
  }
}
process.exit(0);
