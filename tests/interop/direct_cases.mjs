// The same client asks the same agent twice, through sluice and over the agent's own gRPC port: it must not be able to
// tell which was which.
import assert from 'node:assert/strict';

import {
  CancelTaskRequest,
  GetTaskPushNotificationConfigRequest,
  GetTaskRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTasksRequest,
  SubscribeToTaskRequest,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk';

import { collect, saying } from './words.mjs';

// What a call came to. Errors: the class, the gRPC code, the text and what was said beside it. There sluice adds what only
// it knows: the JSON-RPC code, and the task whose stream broke off.
async function outcome(call) {
  try {
    return { answer: await call };
  } catch (error) {
    const { name, status, message, metadata } = error;
    const { jsonrpc_code: _, task_id: __, ...others } = metadata ?? {};
    return { error: { name, status, message, others } };
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

export async function directCases(runner, { client, direct }) {
  const same = (name, ask) =>
    runner.check(`through sluice as without: ${name}`, async () => {
      const [through, without] = [await outcome(ask(client)), await outcome(ask(direct))];
      assert.deepEqual(through, without);
    });
  const alike = (name, ask) =>
    runner.check(`through sluice as without, but for new ids: ${name}`, async () => {
      const [through, without] = [await outcome(ask(client)), await outcome(ask(direct))];
      assert.deepEqual(withoutAccidents(through), withoutAccidents(without));
    });
  const stream = (text, more) => (one) => collect(one.sendMessageStream(saying(text, more)));

  const contextId = crypto.randomUUID();
  const parts = [
    { text: 'echo' },
    { data: [0.1, 12345678901234, -1e-7, 'a\u2028b'], mediaType: 'application/json', metadata: { a: { b: [null] } } },
    { raw: '', mediaType: 'application/x-empty' },
  ];
  const done = await direct.sendMessage(saying('', { contextId, parts, metadata: { about: 'all of it' } }));
  const waiting = await direct.sendMessage(saying('ask', { contextId }));
  const config = TaskPushNotificationConfig.fromJSON({
    taskId: waiting.id,
    id: 'one',
    url: 'https://sluice.test/hook',
  });
  await direct.createTaskPushNotificationConfig(config);
  const ids = { taskId: waiting.id, id: 'one' };

  await same('GetTask of a task with all kinds of parts', (one) =>
    one.getTask(GetTaskRequest.fromJSON({ id: done.id })),
  );
  await same('GetTask of a task that waits', (one) => one.getTask(GetTaskRequest.fromJSON({ id: waiting.id })));
  await same('ListTasks', (one) => one.listTasks(ListTasksRequest.fromJSON({ contextId, includeArtifacts: true })));
  await same('ListTasks without artifacts', (one) =>
    one.listTasks(ListTasksRequest.fromJSON({ contextId, pageSize: 1 })),
  );
  await same('GetTaskPushNotificationConfig', (one) =>
    one.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(ids)),
  );
  await same('ListTaskPushNotificationConfigs', (one) =>
    one.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON(ids)),
  );
  await same('GetExtendedAgentCard', (one) => one.getAgentCard());

  await same('GetTask of a task that is not there', (one) => one.getTask(GetTaskRequest.fromJSON({ id: 'none' })));
  await same('CancelTask of a completed task', (one) => one.cancelTask(CancelTaskRequest.fromJSON({ id: done.id })));
  await same('SubscribeToTask of a completed task', (one) =>
    collect(one.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id: done.id }))),
  );
  await same('a message to a completed task', (one) => one.sendMessage(saying('echo', { taskId: done.id })));
  await same('a stream with a message to a completed task', stream('echo', { taskId: done.id }));
  await same('ListTasks with a page of a thousand', (one) =>
    one.listTasks(ListTasksRequest.fromJSON({ pageSize: 1000 })),
  );
  await same('ListTasks with a page token that is none', (one) =>
    one.listTasks(ListTasksRequest.fromJSON({ pageToken: 'nonsense' })),
  );

  await alike('SendMessage, a task', (one) => one.sendMessage(saying('', { parts })));
  await alike('SendMessage, a message', (one) => one.sendMessage(saying('message')));
  await alike('SendMessage, a program that throws', (one) => one.sendMessage(saying('throw')));
  await alike('SendStreamingMessage, chunks', stream('slow 3 5'));
  await alike('SendStreamingMessage, a message', stream('message'));
  await alike('SendStreamingMessage, a task that asks', stream('ask'));
  await alike('SendStreamingMessage, a program that throws', stream('throw'));
  await alike('SendStreamingMessage, an agent against the rules', stream('confuse'));
  await alike('SendStreamingMessage, an agent that errs at once', stream('hasty'));
  await alike('SendMessage, an agent against the rules', (one) => one.sendMessage(saying('confuse')));
}
