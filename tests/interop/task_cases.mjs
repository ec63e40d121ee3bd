// Tasks, push notification configurations, the card, and what goes along as metadata.
import assert from 'node:assert/strict';

import {
  CancelTaskRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTasksRequest,
  SubscribeToTaskRequest,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import * as errors from '@a2a-js/sdk/errors';
import { InterceptingCall, status as grpcStatus } from '@grpc/grpc-js';

import { eventually } from './harness.mjs';
import { at, collect, fails, next, saying, state, streamFails, texts, told } from './words.mjs';

export async function taskCases(runner, scene) {
  await runner.check('GetTask: history and artifacts, and no more history than asked for', async () => {
    const { id } = await scene.client.sendMessage(saying('echo here'));
    const task = await scene.getTask(id);
    assert.deepEqual(texts(task.artifacts), ['echo here']);
    assert.deepEqual(texts(task.history), ['echo here']);
    assert.deepEqual((await scene.getTask(id, { historyLength: 0 })).history, []);
  });

  await runner.check('ListTasks: filters, pages and counts', async () => {
    const contextId = crypto.randomUUID();
    const list = (more) => scene.client.listTasks(ListTasksRequest.fromJSON({ contextId, ...more }));
    const ids = [];
    for (const text of ['echo', 'fail', 'echo'])
      ids.push((await scene.client.sendMessage(saying(text, { contextId }))).id);
    const all = await list({});
    assert.deepEqual(all.tasks.map((task) => task.id).sort(), [...ids].sort());
    assert.equal(all.totalSize, 3);
    const first = await list({ pageSize: 2 });
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    assert.deepEqual([first.tasks.length, second.tasks.length, second.nextPageToken], [2, 1, '']);
    const failed = await list({ status: 'TASK_STATE_FAILED' });
    assert.deepEqual(
      failed.tasks.map((task) => task.id),
      [ids[1]],
    );
    assert.deepEqual(texts((await list({ includeArtifacts: true })).tasks.flatMap((task) => task.artifacts)), [
      'echo',
      'echo',
    ]);
    assert.deepEqual((await list({ statusTimestampAfter: '2999-01-01T00:00:00Z' })).tasks, []);
  });

  await runner.check('CancelTask: ends the task, and the stream that follows it', async () => {
    const stream = scene.client.sendMessageStream(saying('silent'));
    const { id } = (await next(stream)).value;
    const task = await scene.client.cancelTask(CancelTaskRequest.fromJSON({ id }));
    assert.deepEqual([task.id, state(task)], [id, 'CANCELED']);
    assert.deepEqual(told(await collect(stream)), ['CANCELED']);
  });

  await runner.check('sluice-on-cancel: an abort cancels the task too, if the client says so', async () => {
    const abort = new AbortController();
    const options = { signal: abort.signal, serviceParameters: { 'sluice-on-cancel': 'cancel-task' } };
    const stream = scene.client.sendMessageStream(saying('silent'), options);
    const { id } = (await next(stream)).value;
    abort.abort();
    await streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
    await eventually('the task to be cancelled', async () => state(await scene.getTask(id)) === 'CANCELED');
  });

  await runner.check('a deadline ends the call and its request at the agent', async () => {
    const transport = await scene.transportWith({ deadline: Date.now() + 1000 });
    const request = saying('silent');
    await streamFails(errors.A2AError, grpcStatus.DEADLINE_EXCEEDED, transport.sendMessageStream(request));
    assert.equal((await scene.closeOf('SendStreamingMessage', request.message.messageId)).written, false);
  });

  await runner.check('tenants: what one tenant made is not there for another', async () => {
    const { id } = await scene.client.sendMessage({ ...saying('echo'), tenant: 'red' });
    const get = (tenant) => scene.getTask(id, { tenant });
    assert.equal((await get('red')).id, id);
    await fails(errors.TaskNotFoundError, grpcStatus.NOT_FOUND, get('blue'));
    await fails(errors.TaskNotFoundError, grpcStatus.NOT_FOUND, get(''));
  });

  await runner.check('SubscribeToTask: the task as it stands, then its events', async () => {
    const { id } = await scene.startTask('step 2');
    await scene.go(id);
    await eventually('the first chunk', async () => (await scene.getTask(id)).artifacts.length === 1);
    const stream = scene.client.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id }));
    const first = await next(stream);
    assert.deepEqual([first.$case, first.value.id, texts(first.value.artifacts)], ['task', id, ['chunk 1']]);
    await scene.go(id);
    assert.deepEqual(told(await collect(stream)), ['chunk 2', 'COMPLETED']);
  });

  await runner.check('SubscribeToTask: an abort closes the stream at the agent, another one may follow', async () => {
    const { id } = await scene.startTask('step 1');
    const abort = new AbortController();
    const request = SubscribeToTaskRequest.fromJSON({ id });
    const stream = scene.client.resubscribeTask(request, { signal: abort.signal });
    await next(stream);
    abort.abort();
    await streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
    assert.equal((await scene.closeOf('SubscribeToTask', id)).written, false);
    const again = scene.client.resubscribeTask(request);
    await next(again);
    await scene.go(id);
    assert.deepEqual(told(await collect(again)), ['chunk 1', 'COMPLETED']);
  });

  await runner.check('push notification configurations: create, get, list, delete', async () => {
    const { id: taskId } = await scene.startTask('silent');
    const wanted = TaskPushNotificationConfig.fromJSON({
      taskId,
      id: 'mine',
      url: 'https://sluice.test/hook',
      token: 'secret',
      authentication: { scheme: 'Bearer', credentials: 'abc' },
    });
    const id = { taskId, id: 'mine' };
    const list = async () =>
      (await scene.client.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON({ taskId })))
        .configs;
    assert.deepEqual(await scene.client.createTaskPushNotificationConfig(wanted), wanted);
    assert.deepEqual(
      await scene.client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id)),
      wanted,
    );
    assert.deepEqual(await list(), [wanted]);
    await scene.client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(id));
    assert.deepEqual(await list(), []);
    await fails(
      errors.TaskNotFoundError,
      grpcStatus.NOT_FOUND,
      scene.client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id)),
    );
  });

  await runner.check('GetExtendedAgentCard: the card that the agent keeps for those who ask', async () => {
    const extended = await scene.transport.getExtendedAgentCard(
      { tenant: '' },
      { serviceParameters: { 'A2A-Version': '1.0' } },
    );
    assert.equal(extended.name, 'interop full, extended');
    assert.equal(extended.supportedInterfaces[0].url, scene.full.url);
    assert.deepEqual(extended.skills[0].tags, ['test']);
  });

  await runner.check('metadata: what may pass reaches the agent, with the version of the service', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const request = saying('echo');
    await scene.client.sendMessage(request, {
      serviceParameters: { authorization: 'Bearer abc', traceparent: parent, 'x-private': 'stays' },
    });
    const { headers } = await scene.requestWith(request.message.messageId);
    assert.equal(headers.authorization, 'Bearer abc');
    assert.equal(headers['a2a-version'], '1.0');
    assert.match(headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
    assert.equal(headers['x-private'], undefined);
  });

  await runner.check('metadata: the extensions that the agent used come back', async () => {
    const heads = [];
    const listen = (options, nextCall) =>
      new InterceptingCall(nextCall(options), {
        start: (metadata, listener, next) =>
          next(metadata, { onReceiveMetadata: (head, pass) => (heads.push(head), pass(head)) }),
      });
    const transport = await scene.transportWith({ interceptors: [listen] });
    const needed = 'https://sluice.test/extensions/needed';
    const serviceParameters = { ...at('strict').serviceParameters, 'A2A-Extensions': needed };
    await transport.sendMessage(saying('echo'), { serviceParameters });
    assert.deepEqual(heads[0].get('a2a-extensions'), [needed]);
  });
}
