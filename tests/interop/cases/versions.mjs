// What every pairing of the two versions must be able to do. A case gives back what the table has to say beside "ok".
import assert from 'node:assert/strict';

import { eventually } from '../child.mjs';
import { classOf, sdks } from '../sdks.mjs';
import { chunks, fails, failsSaying, isCancelled, saying, state, texts, told } from '../words.mjs';

const file = { raw: Buffer.from([0, 1, 127, 128, 255]).toString('base64'), filename: 'five.bin' };
const parts = [
  { text: 'echo \u{1F30A} "quoted" \\ end' },
  { ...file, mediaType: 'application/octet-stream' },
  { url: 'https://sluice.test/picture.png', mediaType: 'image/png' },
  { data: { list: [1, -2.5, true, { deep: 'yes' }], empty: {} } },
];

const rawFilesNote =
  '@a2a-js/sdk has raw bytes in `file_with_bytes` where the Python and Go SDKs have base64 text (a2a-go#367), and no `FilePart.name`: what it sends arrives whole, what it gets is base64 of base64 unless Sluice is told `file_bytes: raw`, and the name is lost';

// What @a2a-js/sdk makes of the file in 0.3: its proto has no name for one, and takes base64 for the bytes themselves.
const twice = ({ raw, mediaType }) => ({ raw: Buffer.from(raw).toString('base64'), mediaType });

async function send(scene) {
  const { client, agentSdk } = scene;
  const request = saying('', { parts, metadata: { number: 7, nested: { list: ['a'] } } });
  const task = await client.send(request);
  assert.equal(state(task), 'COMPLETED');
  // Those of 1.0 that take both versions are spoken to in the one that their card offers.
  const method = sdks[agentSdk].version === '0.3' ? 'message/send' : 'SendMessage';
  if (agentSdk !== 'py 0.3') assert.equal((await scene.requestWith(request.message.messageId)).method, method);
  const { rawFiles } = sdks[client.sdk];
  assert.deepEqual(task.artifacts[0].parts, rawFiles ? parts.map((part) => (part.raw ? twice(part) : part)) : parts);
  assert.deepEqual(task.artifacts[0].metadata, request.message.metadata);
  assert.deepEqual(texts([await client.send(saying('message'))]), ['no task needed']);
  assert.equal(state(await client.send(saying('fail'))), 'FAILED');
  return rawFiles ? rawFilesNote : undefined;
}

async function stream(scene) {
  const events = scene.client.stream(saying('step 3'));
  const first = await events.next();
  assert.deepEqual(told([first]), ['task WORKING']);
  for (const chunk of chunks(3)) {
    await scene.go(first.task.id);
    assert.deepEqual(told([await events.next()]), [chunk]);
  }
  assert.deepEqual(told(await events.rest()), ['COMPLETED']);
  assert.deepEqual(told(await scene.client.stream(saying('message')).rest()), ['message no task needed']);
  assert.deepEqual(told(await scene.client.stream(saying('fail')).rest()), ['task WORKING', 'FAILED']);
}

async function get(scene) {
  const { id } = await scene.client.send(saying('echo here'));
  const task = await scene.getTask(id);
  assert.equal(state(task), 'COMPLETED');
  assert.deepEqual(texts(task.artifacts), ['echo here']);
  assert.deepEqual(texts(task.history), ['echo here']);
}

async function cancel(scene) {
  const events = scene.client.stream(saying('silent'));
  const { id } = (await events.next()).task;
  const task = await scene.client.call('CancelTask', { id });
  assert.deepEqual([task.id, state(task)], [id, 'CANCELED']);
  assert.deepEqual(told(await events.rest()), ['CANCELED']);
}

const clearedNote =
  'a2a-sdk 0.3 begins with what comes next, not with the task; once one stream of a task has read the last event, what others have not read is cleared (`EventConsumer.consume_all`), for which Sluice says UNAVAILABLE; and each stream adds what it reads to the task, so that GetTask may have a chunk twice';

async function resubscribe(scene) {
  const { client, agentSdk } = scene;
  const broken = client.stream(saying('step 2'));
  const { id } = (await broken.next()).task;
  broken.cancel();
  await isCancelled(client, broken.rest());
  const again = client.open('SubscribeToTask', { id });
  const cleared = agentSdk === 'py 0.3';
  if (cleared) await scene.full.event('the request', ({ event, text }) => event === 'request' && text === id);
  else assert.deepEqual(told([await again.next()]), ['task WORKING']);
  await scene.go(id);
  await scene.go(id);
  const { messages, error } = await again.toEnd();
  const all = [...chunks(2), 'COMPLETED'];
  assert.deepEqual(told(messages), error && cleared ? all.slice(0, messages.length) : all, error);
  if (cleared && error) assert.ok(['UNAVAILABLE', ''].includes(error.code), error);
  await eventually('the task to complete', async () => state(await scene.getTask(id)) === 'COMPLETED');
  const kept = texts((await scene.getTask(id)).artifacts);
  assert.deepEqual(cleared ? [...new Set(kept)] : kept, chunks(2));
  return cleared ? clearedNote : undefined;
}

async function inputRequired({ client, agentSdk }) {
  const asking = await client.send(saying('ask'));
  assert.equal(state(asking), 'INPUT_REQUIRED');
  assert.deepEqual(texts([asking.status.message]), ['which one?']);
  const answer = () => saying('this one', { taskId: asking.id, contextId: asking.contextId });
  const task = await client.send(answer());
  assert.deepEqual([task.id, state(task), texts(task.artifacts)], [asking.id, 'COMPLETED', ['this one']]);
  const [{ task: streamed }, ...others] = await client.stream(saying('ask')).rest();
  assert.deepEqual(told(others), ['INPUT_REQUIRED']);
  const follow = saying('this one', { taskId: streamed.id, contextId: streamed.contextId });
  // a2a-sdk has no second beginning of a task: there the agent goes on with a status.
  const again = agentSdk.startsWith('py') ? 'WORKING' : 'task WORKING';
  assert.deepEqual(told(await client.stream(follow).rest()), [again, 'this one', 'COMPLETED']);
}

async function pushConfig(scene) {
  const { client } = scene;
  const { id: taskId } = await scene.startTask('silent');
  const authentication = { scheme: 'Bearer', credentials: 'abc' };
  const wanted = { taskId, id: 'mine', url: 'https://sluice.test/hook', token: 'secret', authentication };
  assert.deepEqual(await client.call('CreateTaskPushNotificationConfig', wanted), wanted);
  assert.deepEqual(await client.call('GetTaskPushNotificationConfig', { taskId, id: 'mine' }), wanted);
  if (sdks[client.sdk].lacksPushList) return "a2a-sdk 0.3's client has no call to list or delete them";
  const list = async () => (await client.call('ListTaskPushNotificationConfigs', { taskId })).configs ?? [];
  assert.deepEqual(await list(), [wanted]);
  await client.call('DeleteTaskPushNotificationConfig', { taskId, id: 'mine' });
  assert.deepEqual(await list(), []);
  return undefined;
}

const asked = [
  'TaskNotFoundError',
  'TaskNotCancelableError',
  'PushNotificationNotSupportedError',
  'UnsupportedOperationError',
  'ContentTypeNotSupportedError',
  'InvalidAgentResponseError',
  'InvalidParamsError',
];

async function errors({ client }) {
  const notes = new Set();
  const expect = async (error, call, rpc) => notes.add(await fails(client, error, call, rpc));
  const unknown = { id: 'no-such-task' };
  await expect('TaskNotFoundError', client.call('GetTask', unknown));
  await expect('TaskNotFoundError', client.call('CancelTask', unknown));
  await expect('TaskNotFoundError', client.collect('SubscribeToTask', unknown));
  const { id } = await client.send(saying('echo'));
  await expect('TaskNotCancelableError', client.call('CancelTask', { id }), 'CancelTask');
  for (const error of asked) {
    await expect(error, client.send(saying(`raise ${error}`)));
    await expect(error, client.stream(saying(`raise ${error}`)).rest());
    const later = client.stream(saying(`raise-later ${error}`));
    await later.next();
    await expect(error, later.rest());
    // By custom a client of 0.3 finds the name in the text; the newer SDKs take it away when they have read it.
    const words = sdks[client.sdk].json === '0.3' ? `${error}: ${error} as asked` : `${error} as asked`;
    await failsSaying(classOf(client.sdk, error).code, words, client.send(saying(`raise ${error}`)));
  }
  return [...notes].find(Boolean);
}

// Given a card's URL and nothing else, the SDK's own factory finds gRPC: the card of what calls go to if they say nothing,
// and the one of the agent by its name.
async function card({ client, sluice }) {
  for (const path of ['', '/agents/agent']) {
    const url = `http://${sluice.http}${path}/.well-known/agent-card.json`;
    const call = client.program.open({ card: url, rpc: 'SendStreamingMessage', request: saying('echo') });
    assert.deepEqual(told(await call.rest()), ['task WORKING', 'echo', 'COMPLETED']);
    assert.match(call.transport, /grpc/i);
  }
}

export const versionCases = {
  send,
  stream,
  get,
  cancel,
  resubscribe,
  'input-required': inputRequired,
  'push config': pushConfig,
  errors,
  card,
};
