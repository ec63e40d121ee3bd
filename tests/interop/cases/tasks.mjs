// Tasks, push notification configurations, the card, and what goes along as metadata.
import assert from 'node:assert/strict';

import { eventually } from '../child.mjs';
import { at, fails, isCancelled, saying, state, texts, told } from '../words.mjs';

const getTask = {
  'history and artifacts, and no more history than asked for': async (scene) => {
    const { id } = await scene.client.send(saying('echo here'));
    const task = await scene.getTask(id);
    assert.deepEqual(texts(task.artifacts), ['echo here']);
    assert.deepEqual(texts(task.history), ['echo here']);
    assert.equal((await scene.getTask(id, { historyLength: 0 })).history, undefined);
  },

  'what one tenant made is not there for another': async (scene) => {
    const { id } = await scene.client.send({ ...saying('echo'), tenant: 'red' });
    const get = (tenant) => scene.getTask(id, { tenant });
    assert.equal((await get('red')).id, id);
    await fails(scene.client, 'TaskNotFoundError', get('blue'));
    await fails(scene.client, 'TaskNotFoundError', get(''));
  },
};

const listTasks = {
  'filters, pages and counts': async ({ client }) => {
    const contextId = crypto.randomUUID();
    const list = (more) => client.call('ListTasks', { contextId, ...more });
    const ids = [];
    for (const text of ['echo', 'fail', 'echo']) ids.push((await client.send(saying(text, { contextId }))).id);
    const all = await list({});
    assert.deepEqual(all.tasks.map((task) => task.id).sort(), [...ids].sort());
    assert.equal(all.totalSize, 3);
    const first = await list({ pageSize: 2 });
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    assert.deepEqual([first.tasks.length, second.tasks.length, second.nextPageToken ?? ''], [2, 1, '']);
    const paged = [...first.tasks, ...second.tasks].map((task) => task.id);
    assert.deepEqual(paged.sort(), [...ids].sort(), 'each task is on one page');
    const failed = await list({ status: 'TASK_STATE_FAILED' });
    assert.deepEqual(
      failed.tasks.map((task) => task.id),
      [ids[1]],
    );
    const whole = (await list({ includeArtifacts: true })).tasks;
    assert.deepEqual(texts(whole.flatMap((task) => task.artifacts ?? [])), ['echo', 'echo']);
    assert.deepEqual((await list({ statusTimestampAfter: '2999-01-01T00:00:00Z' })).tasks ?? [], []);
  },
};

const cancelTask = {
  'ends the task, and the stream that follows it': async ({ client }) => {
    const stream = client.stream(saying('silent'));
    const { id } = (await stream.next()).task;
    const task = await client.call('CancelTask', { id });
    assert.deepEqual([task.id, state(task)], [id, 'CANCELED']);
    assert.deepEqual(told(await stream.rest()), ['CANCELED']);
  },

  'a task that waits for input': async (scene) => {
    const { id } = await scene.client.send(saying('ask'));
    assert.equal(state(await scene.client.call('CancelTask', { id })), 'CANCELED');
    assert.equal(state(await scene.getTask(id)), 'CANCELED');
  },

  'sluice-on-cancel: an abort cancels the task too, if the client says so': async (scene) => {
    const stream = scene.client.stream(saying('silent'), { parameters: { 'sluice-on-cancel': 'cancel-task' } });
    const { id } = (await stream.next()).task;
    stream.cancel();
    await isCancelled(scene.client, stream.rest());
    await eventually('the task to be cancelled', async () => state(await scene.getTask(id)) === 'CANCELED');
  },
};

const subscribe = {
  'the task as it stands, then its events': async (scene) => {
    const { id } = await scene.startTask('step 2');
    await scene.go(id);
    await eventually('the first chunk', async () => (await scene.getTask(id)).artifacts?.length === 1);
    const stream = scene.client.open('SubscribeToTask', { id });
    const { task } = await stream.next();
    assert.deepEqual([task.id, texts(task.artifacts)], [id, ['chunk 1']]);
    await scene.go(id);
    assert.deepEqual(told(await stream.rest()), ['chunk 2', 'COMPLETED']);
  },

  'after a disconnect: the stream goes on where the task is': async (scene) => {
    const broken = scene.client.stream(saying('step 2'));
    const { id } = (await broken.next()).task;
    broken.cancel();
    await isCancelled(scene.client, broken.rest());
    await scene.go(id);
    await eventually('the first chunk', async () => (await scene.getTask(id)).artifacts?.length === 1);
    const again = scene.client.open('SubscribeToTask', { id });
    assert.deepEqual(texts((await again.next()).task.artifacts), ['chunk 1']);
    await scene.go(id);
    assert.deepEqual(told(await again.rest()), ['chunk 2', 'COMPLETED']);
  },

  'an abort closes the stream at the agent, another one may follow': async (scene) => {
    const { id } = await scene.startTask('step 1');
    const stream = scene.client.open('SubscribeToTask', { id });
    await stream.next();
    stream.cancel();
    await isCancelled(scene.client, stream.rest());
    assert.equal((await scene.closeOf('SubscribeToTask', id)).written, false);
    const again = scene.client.open('SubscribeToTask', { id });
    await again.next();
    await scene.go(id);
    assert.deepEqual(told(await again.rest()), ['chunk 1', 'COMPLETED']);
  },
};

// One configuration of a task that runs.
async function configured(scene) {
  const { id: taskId } = await scene.startTask('silent');
  const wanted = {
    taskId,
    id: 'mine',
    url: 'https://sluice.test/hook',
    token: 'secret',
    authentication: { scheme: 'Bearer', credentials: 'abc' },
  };
  return { taskId, wanted, made: await scene.client.call('CreateTaskPushNotificationConfig', wanted) };
}

const pushConfigs = {
  CreateTaskPushNotificationConfig: {
    'gives back what was stored': async (scene) => {
      const { wanted, made } = await configured(scene);
      assert.deepEqual(made, wanted);
    },
  },
  GetTaskPushNotificationConfig: {
    'what was created; another id is not found': async (scene) => {
      const { taskId, wanted } = await configured(scene);
      const get = (id) => scene.client.call('GetTaskPushNotificationConfig', { taskId, id });
      assert.deepEqual(await get('mine'), wanted);
      return fails(scene.client, 'TaskNotFoundError', get('yours'));
    },
  },
  ListTaskPushNotificationConfigs: {
    'all of one task': async (scene) => {
      const { taskId, wanted } = await configured(scene);
      const second = { ...wanted, id: 'second' };
      await scene.client.call('CreateTaskPushNotificationConfig', second);
      const { configs } = await scene.client.call('ListTaskPushNotificationConfigs', { taskId });
      assert.deepEqual(configs, [wanted, second]);
    },
  },
  DeleteTaskPushNotificationConfig: {
    'it is gone, and deleting it again is no error': async (scene) => {
      const { taskId } = await configured(scene);
      const remove = () => scene.client.call('DeleteTaskPushNotificationConfig', { taskId, id: 'mine' });
      await remove();
      const { configs } = await scene.client.call('ListTaskPushNotificationConfigs', { taskId });
      assert.deepEqual(configs ?? [], []);
      await remove();
    },
  },
};

const card = {
  'the card that the agent keeps for those who ask': async (scene) => {
    const extended = await scene.client.call('GetExtendedAgentCard', {});
    assert.equal(extended.name, 'interop full, extended');
    // The agent's own address is not for clients of sluice.
    const offered = extended.supportedInterfaces.map(({ url, protocolBinding }) => [url, protocolBinding]);
    assert.deepEqual(new Set(offered.map(String)), new Set([`${scene.sluice.address},GRPC`]));
    assert.deepEqual(extended.skills[0].tags, ['test']);
  },
};

const metadata = {
  'what may pass reaches the agent, with the version of the service': async (scene) => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const request = saying('echo');
    const parameters = { authorization: 'Bearer abc', traceparent: parent, 'x-private': 'stays' };
    await scene.client.send(request, { parameters });
    const { headers } = await scene.requestWith(request.message.messageId);
    assert.equal(headers.authorization, 'Bearer abc');
    assert.equal(headers['a2a-version'], '1.0');
    assert.match(headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
    assert.equal(headers['x-private'], undefined);
  },

  'the extensions that the agent used come back': async (scene) => {
    const needed = 'https://sluice.test/extensions/needed';
    const parameters = { ...at('strict').parameters, 'A2A-Extensions': needed };
    const call = scene.client.open('SendMessage', saying('echo'), { parameters, head: true });
    assert.equal(state((await call.rest())[0].task), 'COMPLETED');
    const none = scene.agentSdk === 'py';
    assert.equal(call.head['a2a-extensions'], none ? undefined : needed);
    return none ? "a2a-sdk's server has no way to say which extensions it used" : undefined;
  },
};

export const taskCases = {
  GetTask: getTask,
  ListTasks: listTasks,
  CancelTask: cancelTask,
  SubscribeToTask: subscribe,
  ...pushConfigs,
  GetExtendedAgentCard: card,
  metadata,
};
