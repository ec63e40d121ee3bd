// Sluice between two halves of an A2A library that this project did not write, @a2a-js/sdk: its JSON-RPC and SSE agent
// (agent.mjs) behind, its gRPC client before. Argument: the program `sluice`. The last line is "N passed, M failed".
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import {
  AgentCard, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest,
  GetTaskRequest, ListTaskPushNotificationConfigsRequest, ListTasksRequest, SendMessageRequest, SubscribeToTaskRequest,
  TaskPushNotificationConfig, TaskState,
} from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import * as errors from '@a2a-js/sdk/errors';
import { status as grpcStatus } from '@grpc/grpc-js';

import { Child, eventually, Runner } from './harness.mjs';

// A gRPC client may obey these; everything here is on loopback.
for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

// ---- the programs

const runner = new Runner();

async function startAgent(kind) {
  const child = new Child(`agent ${kind}`, process.execPath, [fileURLToPath(new URL('agent.mjs', import.meta.url)), kind]);
  child.url = (await child.event('the URL', (event) => event.event === 'serving')).url;
  return child;
}

async function startSluice(program, agents) {
  const upstreams = Object.entries(agents).map(([name, url]) => `--upstream=${name}=${url}`);
  const child = new Child('sluice', program, [
    '--listen=127.0.0.1:0', '--http-listen=127.0.0.1:0', '--lame-duck=0s', ...upstreams,
  ]);
  child.address = await child.line('its addresses', (line) => /^sluice: serving grpc=(\S+) /.exec(line)?.[1]);
  return child;
}

function gatewayCard(address) {
  return AgentCard.fromJSON({
    name: 'behind sluice',
    supportedInterfaces: [{ url: address, protocolBinding: 'GRPC', protocolVersion: '1.0' }],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
  });
}

const full = await startAgent('full');
const plain = await startAgent('plain');
const strict = await startAgent('strict');
const mortal = await startAgent('full');
const sluice = await startSluice(process.argv[2], {
  full: full.url, plain: plain.url, strict: strict.url, mortal: mortal.url, gone: 'http://127.0.0.1:1/',
});
const card = gatewayCard(sluice.address);
const factory = new ClientFactory(
  ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { transports: [new GrpcTransportFactory()] }),
);
const client = await factory.createFromAgentCard(card);
// Without the client's own checks and headers.
const transport = await new GrpcTransportFactory().create(sluice.address, card);

// ---- the words of the cases

const at = (upstream) => ({ serviceParameters: { 'sluice-upstream': upstream } });

function saying(text, { parts, ...more } = {}, configuration = undefined) {
  const message = { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: parts ?? [{ text }], ...more };
  return SendMessageRequest.fromJSON({ message, configuration });
}

const state = (task) => TaskState[task.status.state].replace('TASK_STATE_', '');
const getTask = (id, more = {}) => client.getTask(GetTaskRequest.fromJSON({ id, ...more }));
const go = (taskId) => fetch(new URL(`go/${taskId}`, full.url), { method: 'POST' });
const texts = (artifacts) => artifacts.flatMap((artifact) => artifact.parts.map((part) => part.content.value));
const chunks = (count) => Array.from({ length: count }, (_, index) => `chunk ${index + 1}`);

async function startTask(text) {
  const task = await client.sendMessage(saying(text, {}, { returnImmediately: true }));
  assert.equal(state(task), 'WORKING');
  return task;
}

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event.payload);
  return events;
}

// What a stream said, in short: task WORKING, chunk 1, COMPLETED.
function told(events) {
  return events.map(({ $case, value }) => {
    if ($case === 'task') return `task ${state(value)}`;
    if ($case === 'statusUpdate') return state(value);
    if ($case === 'artifactUpdate') return texts([value.artifact]).join(' ');
    return `message ${texts([value]).join(' ')}`;
  });
}

async function next(stream) {
  const { value, done } = await stream.next();
  assert.equal(done, false, 'the stream went on');
  return value.payload;
}

async function fails(ErrorClass, code, call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ErrorClass, `${ErrorClass.name} was expected: ${error?.stack}`);
    assert.equal(error.status, code, `gRPC code of ${error}`);
    return true;
  });
}

const streamFails = (ErrorClass, code, stream) => fails(ErrorClass, code, () => collect(stream));

// ---- SendMessage

await runner.check('SendMessage: what a message carries comes back as it was sent', async () => {
  const parts = [
    { text: 'echo \u{1F30A} "quoted" \\ \u0000 end' },
    { raw: Buffer.from([0, 1, 127, 128, 255]).toString('base64'), filename: 'five.bin', mediaType: 'application/octet-stream' },
    { url: 'https://sluice.test/picture.png', mediaType: 'image/png' },
    { data: { list: [1, -2.5, 1e300, true, null, { deep: 'yes' }], empty: {} }, metadata: { about: 'data' } },
  ];
  const request = saying('', { parts, metadata: { number: 7, nested: { list: ['a'] } } });
  const task = await client.sendMessage(request);
  assert.equal(state(task), 'COMPLETED');
  assert.deepEqual(task.artifacts[0].parts, request.message.parts);
  assert.deepEqual(task.artifacts[0].metadata, request.message.metadata);
  assert.equal(task.artifacts[0].name, 'what you sent');
  assert.equal(task.history[0].messageId, request.message.messageId);
});

await runner.check('SendMessage: an agent may answer with a message instead of a task', async () => {
  const message = await client.sendMessage(saying('message'));
  assert.deepEqual(texts([message]), ['no task needed']);
});

await runner.check('SendMessage: returnImmediately answers while the task runs', async () => {
  const task = await startTask('step 1');
  await go(task.id);
  await eventually('the task to complete', async () => state(await getTask(task.id)) === 'COMPLETED');
});

await runner.check('SendMessage: a failed task is an answer, not an error', async () => {
  const failed = await client.sendMessage(saying('fail'));
  assert.equal(state(failed), 'FAILED');
  assert.deepEqual(texts([failed.status.message]), ['as asked']);
  assert.equal(state(await client.sendMessage(saying('throw'))), 'FAILED');
});

await runner.check('SendMessage: a task that asks for input goes on with the next message', async () => {
  const asking = await client.sendMessage(saying('ask'));
  assert.equal(state(asking), 'INPUT_REQUIRED');
  const task = await client.sendMessage(saying('this one', { taskId: asking.id, contextId: asking.contextId }));
  assert.equal(task.id, asking.id);
  assert.equal(state(task), 'COMPLETED');
  assert.deepEqual(texts(task.artifacts), ['this one']);
});

await runner.check('SendMessage: an abort closes the request at the agent, and the task goes on', async () => {
  const abort = new AbortController();
  const request = saying('step 1');
  const { messageId } = request.message;
  const call = fails(errors.A2AError, grpcStatus.CANCELLED, client.sendMessage(request, { signal: abort.signal }));
  await full.event('the request', (event) => event.event === 'request' && event.text.includes(messageId));
  abort.abort();
  await call;
  const close = await full.event('its close', (event) => event.event === 'close' && event.text.includes(messageId));
  assert.equal(close.written, false);
});

// ---- SendStreamingMessage

await runner.check('SendStreamingMessage: each event arrives before the agent makes the next', async () => {
  const stream = client.sendMessageStream(saying('step 3'));
  const first = await next(stream);
  assert.deepEqual(told([first]), ['task WORKING']);
  for (const chunk of chunks(3)) {
    await go(first.value.id);
    assert.deepEqual(told([await next(stream)]), [chunk]);
  }
  assert.deepEqual(told(await collect(stream)), ['COMPLETED']);
});

await runner.check('SendStreamingMessage: a message, a failed task and a task that asks end well', async () => {
  const said = async (text) => told(await collect(client.sendMessageStream(saying(text))));
  assert.deepEqual(await said('message'), ['message no task needed']);
  assert.deepEqual(await said('fail'), ['task WORKING', 'FAILED']);
  assert.deepEqual(await said('ask'), ['task WORKING', 'INPUT_REQUIRED']);
});

await runner.check('SendStreamingMessage: a task that asked for input goes on with the next message', async () => {
  const [{ value: asking }] = await collect(client.sendMessageStream(saying('ask')));
  const answer = saying('this one', { taskId: asking.id, contextId: asking.contextId });
  assert.deepEqual(told(await collect(client.sendMessageStream(answer))), ['task WORKING', 'this one', 'COMPLETED']);
});

await runner.check('SendStreamingMessage: an abort closes the stream at the agent, and the task goes on', async () => {
  const abort = new AbortController();
  const request = saying('step 2');
  const stream = client.sendMessageStream(request, { signal: abort.signal });
  const { id } = (await next(stream)).value;
  await go(id);
  await next(stream);
  abort.abort();
  await streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
  const ours = (event) => event.event === 'close' && event.text.includes(request.message.messageId);
  assert.equal((await full.event('its close', ours)).written, false);
  await go(id);
  const task = await eventually('the task to complete', async () => {
    const now = await getTask(id);
    return state(now) === 'COMPLETED' && now;
  });
  assert.deepEqual(texts(task.artifacts), chunks(2));
});

await runner.check('SendStreamingMessage: 50 at once, each with its own task and in order', async () => {
  const all = Array.from({ length: 50 }, () => collect(client.sendMessageStream(saying('slow 5 20'))));
  const streams = await Promise.all(all);
  for (const events of streams) assert.deepEqual(told(events), ['task WORKING', ...chunks(5), 'COMPLETED']);
  assert.equal(new Set(streams.map(([task]) => task.value.id)).size, 50);
});

// ---- tasks

await runner.check('GetTask: history and artifacts, and no more history than asked for', async () => {
  const { id } = await client.sendMessage(saying('echo here'));
  const task = await getTask(id);
  assert.deepEqual(texts(task.artifacts), ['echo here']);
  assert.deepEqual(texts(task.history), ['echo here']);
  assert.deepEqual((await getTask(id, { historyLength: 0 })).history, []);
});

await runner.check('ListTasks: filters, pages and counts', async () => {
  const contextId = crypto.randomUUID();
  const list = (more) => client.listTasks(ListTasksRequest.fromJSON({ contextId, ...more }));
  const ids = [];
  for (const text of ['echo', 'fail', 'echo']) ids.push((await client.sendMessage(saying(text, { contextId }))).id);
  const all = await list({});
  assert.deepEqual(all.tasks.map((task) => task.id).sort(), [...ids].sort());
  assert.equal(all.totalSize, 3);
  const first = await list({ pageSize: 2 });
  const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
  assert.deepEqual([first.tasks.length, second.tasks.length, second.nextPageToken], [2, 1, '']);
  const failed = await list({ status: 'TASK_STATE_FAILED' });
  assert.deepEqual(failed.tasks.map((task) => task.id), [ids[1]]);
  assert.deepEqual(texts((await list({ includeArtifacts: true })).tasks.flatMap((task) => task.artifacts)), ['echo', 'echo']);
  assert.deepEqual((await list({ statusTimestampAfter: '2999-01-01T00:00:00Z' })).tasks, []);
});

await runner.check('CancelTask: ends the task, and the stream that follows it', async () => {
  const stream = client.sendMessageStream(saying('silent'));
  const { id } = (await next(stream)).value;
  const task = await client.cancelTask(CancelTaskRequest.fromJSON({ id }));
  assert.deepEqual([task.id, state(task)], [id, 'CANCELED']);
  assert.deepEqual(told(await collect(stream)), ['CANCELED']);
});

await runner.check('SubscribeToTask: the task as it stands, then its events', async () => {
  const { id } = await startTask('step 2');
  await go(id);
  await eventually('the first chunk', async () => (await getTask(id)).artifacts.length === 1);
  const stream = client.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id }));
  const first = await next(stream);
  assert.deepEqual([first.$case, first.value.id, texts(first.value.artifacts)], ['task', id, ['chunk 1']]);
  await go(id);
  assert.deepEqual(told(await collect(stream)), ['chunk 2', 'COMPLETED']);
});

await runner.check('SubscribeToTask: an abort closes the stream at the agent, another one may follow', async () => {
  const { id } = await startTask('step 1');
  const abort = new AbortController();
  const request = SubscribeToTaskRequest.fromJSON({ id });
  const stream = client.resubscribeTask(request, { signal: abort.signal });
  await next(stream);
  abort.abort();
  await streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
  await full.event('its close', (event) => event.event === 'close' && event.method === 'SubscribeToTask' && event.text.includes(id));
  const again = client.resubscribeTask(request);
  await next(again);
  await go(id);
  assert.deepEqual(told(await collect(again)), ['chunk 1', 'COMPLETED']);
});

// ---- push configurations, card, metadata

await runner.check('push notification configurations: create, get, list, delete', async () => {
  const { id: taskId } = await startTask('silent');
  const wanted = TaskPushNotificationConfig.fromJSON({
    taskId, id: 'mine', url: 'https://sluice.test/hook', token: 'secret',
    authentication: { scheme: 'Bearer', credentials: 'abc' },
  });
  const id = { taskId, id: 'mine' };
  const list = async () =>
    (await client.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON({ taskId }))).configs;
  assert.deepEqual(await client.createTaskPushNotificationConfig(wanted), wanted);
  assert.deepEqual(await client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id)), wanted);
  assert.deepEqual(await list(), [wanted]);
  await client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(id));
  assert.deepEqual(await list(), []);
  await fails(errors.TaskNotFoundError, grpcStatus.NOT_FOUND,
    client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id)));
});

await runner.check('GetExtendedAgentCard: the card that the agent keeps for those who ask', async () => {
  const extended = await transport.getExtendedAgentCard({ tenant: '' }, { serviceParameters: { 'A2A-Version': '1.0' } });
  assert.equal(extended.name, 'interop full, extended');
  assert.equal(extended.supportedInterfaces[0].url, full.url);
  assert.deepEqual(extended.skills[0].tags, ['test']);
});

await runner.check('metadata: what may pass reaches the agent, with the version of the service', async () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const request = saying('echo');
  await client.sendMessage(request, {
    serviceParameters: { authorization: 'Bearer abc', traceparent: parent, 'x-private': 'stays' },
  });
  const ours = (event) => event.event === 'request' && event.text.includes(request.message.messageId);
  const { headers } = await full.event('the request', ours);
  assert.equal(headers.authorization, 'Bearer abc');
  assert.equal(headers['a2a-version'], '1.0');
  assert.match(headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
  assert.equal(headers['x-private'], undefined);
});

// ---- errors, as the SDK's own classes

const unknown = { id: 'no-such-task' };

await runner.check('TaskNotFoundError: GetTask, CancelTask, SubscribeToTask, a follow-up', async () => {
  const expect = (call) => fails(errors.TaskNotFoundError, grpcStatus.NOT_FOUND, call);
  await expect(getTask(unknown.id));
  await expect(client.cancelTask(CancelTaskRequest.fromJSON(unknown)));
  await expect(collect(client.resubscribeTask(SubscribeToTaskRequest.fromJSON(unknown))));
  await expect(client.sendMessage(saying('echo', { taskId: unknown.id })));
  await expect(collect(client.sendMessageStream(saying('echo', { taskId: unknown.id }))));
});

await runner.check('TaskNotCancelableError: CancelTask of a completed task', async () => {
  const { id } = await client.sendMessage(saying('echo'));
  await fails(errors.TaskNotCancelableError, grpcStatus.FAILED_PRECONDITION,
    client.cancelTask(CancelTaskRequest.fromJSON({ id })));
});

await runner.check('UnsupportedOperationError: following or continuing an ended task, streaming without the ability', async () => {
  const expect = (call) => fails(errors.UnsupportedOperationError, grpcStatus.FAILED_PRECONDITION, call);
  const { id } = await client.sendMessage(saying('echo'));
  await expect(client.sendMessage(saying('echo', { taskId: id })));
  await expect(collect(client.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id }))));
  await expect(collect(client.sendMessageStream(saying('echo'), at('plain'))));
});

await runner.check('RequestMalformedError: a message without id, a page of a thousand', async () => {
  const expect = (call) => fails(errors.RequestMalformedError, grpcStatus.INVALID_ARGUMENT, call);
  await expect(client.sendMessage(saying('echo', { messageId: '' })));
  await expect(collect(client.sendMessageStream(saying('echo', { messageId: '' }))));
  await expect(client.listTasks(ListTasksRequest.fromJSON({ pageSize: 1000 })));
  await expect(getTask(''));
});

await runner.check('PushNotificationNotSupportedError: all four, from an agent without', async () => {
  const expect = (call) => fails(errors.PushNotificationNotSupportedError, grpcStatus.FAILED_PRECONDITION, call);
  const id = { taskId: 'any', id: 'any' };
  const config = TaskPushNotificationConfig.fromJSON({ ...id, url: 'https://sluice.test/hook' });
  await expect(client.createTaskPushNotificationConfig(config, at('plain')));
  await expect(client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id), at('plain')));
  await expect(client.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON(id), at('plain')));
  await expect(client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(id), at('plain')));
});

await runner.check('ExtendedAgentCardNotConfiguredError, ExtensionSupportRequiredError, ContentTypeNotSupportedError', async () => {
  await fails(errors.ExtendedAgentCardNotConfiguredError, grpcStatus.FAILED_PRECONDITION, client.getAgentCard(at('strict')));
  await fails(errors.ExtensionSupportRequiredError, grpcStatus.FAILED_PRECONDITION,
    client.sendMessage(saying('echo'), at('strict')));
  const extension = { serviceParameters: { ...at('strict').serviceParameters, 'A2A-Extensions': 'https://sluice.test/extensions/needed' } };
  assert.equal(state(await client.sendMessage(saying('echo'), extension)), 'COMPLETED');
  const picture = saying('', { parts: [{ url: 'https://sluice.test/a.png', mediaType: 'image/png' }] });
  await fails(errors.ContentTypeNotSupportedError, grpcStatus.INVALID_ARGUMENT, client.sendMessage(picture, extension));
});

await runner.check('VersionNotSupportedError: a version from the future', async () => {
  const future = { serviceParameters: { 'A2A-Version': '99.0' } };
  await fails(errors.VersionNotSupportedError, grpcStatus.FAILED_PRECONDITION, transport.getTask(unknown, future));
});

await runner.check('UNAVAILABLE: an agent that is not there, one that dies while it streams', async () => {
  const expect = (call) => fails(errors.A2AError, grpcStatus.UNAVAILABLE, call);
  await expect(client.sendMessage(saying('echo'), at('gone')));
  await expect(collect(client.sendMessageStream(saying('echo'), at('gone'))));
  const stream = client.sendMessageStream(saying('silent'), at('mortal'));
  await next(stream);
  await mortal.stop('SIGKILL');
  await expect(collect(stream));
});

// ---- the end

await runner.check('sluice: SIGTERM ends it with 0, its counters match', async () => {
  const stream = client.sendMessageStream(saying('step 1'));
  const { id } = (await next(stream)).value;
  const ended = sluice.stop('SIGTERM');
  await go(id);
  assert.deepEqual(told(await collect(stream)), ['chunk 1', 'COMPLETED'], 'a running stream goes on');
  assert.equal(await ended, 0, sluice.err.slice(-10).join('\n'));
  assert.match(sluice.err.filter((line) => line.startsWith('counters:')).join('\n'), / match$/);
});

for (const agent of [full, plain, strict]) await agent.stop();
await Child.killAll();
process.exit(runner.finish());
