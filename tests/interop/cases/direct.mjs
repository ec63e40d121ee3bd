// The same client asks the same agent twice, through sluice and over the agent's own gRPC port: it must not be able to
// tell which was which.
import assert from 'node:assert/strict';

import { SdkError } from '../client.mjs';
import { saying } from '../words.mjs';

// What a call came to. Errors: the class, the gRPC code, the text and what was said beside it. There sluice adds what
// only it knows: its name for the agent, the JSON-RPC code, and the task whose stream broke off.
async function outcome(call) {
  try {
    return { answer: await call };
  } catch (error) {
    if (!(error instanceof SdkError)) throw error;
    const { name, code, message, info } = error;
    const { jsonrpc_code: _, task_id: __, upstream: ___, ...others } = info?.metadata ?? {};
    return { error: { name, code, message, reason: info?.reason, others } };
  }
}

// Ids and times that the agent makes up are different each time. Ids become numbers in the order of their appearance.
function withoutAccidents(value) {
  const seen = new Map();
  const number = (id) => {
    if (!seen.has(id)) seen.set(id, `<id ${seen.size + 1}>`);
    return seen.get(id);
  };
  const text = JSON.stringify(value)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, number)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  return JSON.parse(text);
}

const parts = [
  { text: 'echo' },
  { data: [0.1, 12345678901234, -1e-7, 'a\u2028b'], mediaType: 'application/json', metadata: { a: { b: [null] } } },
  { raw: '', mediaType: 'application/x-empty' },
];

// What the questions are about, made once for a scene.
const subjects = new WeakMap();
function subjectsOf(scene) {
  if (!subjects.has(scene)) subjects.set(scene, makeSubjects(scene));
  return subjects.get(scene);
}

async function makeSubjects({ direct }) {
  const contextId = crypto.randomUUID();
  const done = await direct.send(saying('', { contextId, parts, metadata: { about: 'all of it' } }));
  const waiting = await direct.send(saying('ask', { contextId }));
  const hook = 'https://sluice.test/hook';
  await direct.call('CreateTaskPushNotificationConfig', { taskId: waiting.id, id: 'one', url: hook });
  return { contextId, done: done.id, waiting: waiting.id };
}

const same = (rpc, request) => async (scene) => {
  const about = await subjectsOf(scene);
  const ask = (client) => outcome(client.collect(rpc, request(about)));
  assert.deepEqual(await ask(scene.client), await ask(scene.direct));
};

// But for where the agent is: there sluice says its own address.
const sameCard = async ({ client, direct }) => {
  const ask = async (from) => {
    const { supportedInterfaces: _, ...card } = await from.call('GetExtendedAgentCard', {});
    return card;
  };
  assert.deepEqual(await ask(client), await ask(direct));
};

const alike = (rpc, text, more) => async (scene) => {
  const ask = async (client) => withoutAccidents(await outcome(client.collect(rpc, saying(text, more))));
  assert.deepEqual(await ask(scene.client), await ask(scene.direct));
};

// The two servers of a2a-sdk themselves differ in what they make of what a program throws.
const thrown = (rpc) => async (scene) => {
  if (scene.agentSdk !== 'py') return alike(rpc, 'throw')(scene);
  const { error } = await outcome(scene.direct.collect(rpc, saying('throw')));
  assert.equal(error.code, 'UNKNOWN');
  return "a2a-sdk's gRPC server answers UNKNOWN, its JSON-RPC server -32603";
};

const answers = {
  'GetTask of a task with all kinds of parts': same('GetTask', ({ done }) => ({ id: done })),
  'GetTask of a task that waits': same('GetTask', ({ waiting }) => ({ id: waiting })),
  ListTasks: same('ListTasks', ({ contextId }) => ({ contextId, includeArtifacts: true })),
  'ListTasks without artifacts': same('ListTasks', ({ contextId }) => ({ contextId, pageSize: 1 })),
  GetTaskPushNotificationConfig: same('GetTaskPushNotificationConfig', ({ waiting }) => ({
    taskId: waiting,
    id: 'one',
  })),
  ListTaskPushNotificationConfigs: same('ListTaskPushNotificationConfigs', ({ waiting }) => ({ taskId: waiting })),
  GetExtendedAgentCard: sameCard,
  'SendMessage, a task': alike('SendMessage', '', { parts }),
  'SendMessage, a message': alike('SendMessage', 'message'),
  'SendStreamingMessage, chunks': alike('SendStreamingMessage', 'slow 3 5'),
  'SendStreamingMessage, a message': alike('SendStreamingMessage', 'message'),
  'SendStreamingMessage, a task that asks': alike('SendStreamingMessage', 'ask'),
};

const errors = {
  'GetTask of a task that is not there': same('GetTask', () => ({ id: 'none' })),
  'CancelTask of a completed task': same('CancelTask', ({ done }) => ({ id: done })),
  'SubscribeToTask of a completed task': same('SubscribeToTask', ({ done }) => ({ id: done })),
  'a message to a completed task': same('SendMessage', ({ done }) => saying('echo', { taskId: done })),
  'a stream with a message to a completed task': same('SendStreamingMessage', ({ done }) =>
    saying('echo', { taskId: done }),
  ),
  'ListTasks with a page of a thousand': same('ListTasks', () => ({ pageSize: 1000 })),
  'ListTasks with a page token that is none': same('ListTasks', () => ({ pageToken: 'nonsense' })),
  'SendMessage, a program that throws': thrown('SendMessage'),
  'SendMessage, an agent against the rules': alike('SendMessage', 'confuse'),
  'SendStreamingMessage, a program that throws': thrown('SendStreamingMessage'),
  'SendStreamingMessage, an agent against the rules': alike('SendStreamingMessage', 'confuse'),
  'SendStreamingMessage, an agent that errs at once': alike('SendStreamingMessage', 'hasty'),
};

export const directCases = { 'as without sluice': answers, 'error as without sluice': errors };
