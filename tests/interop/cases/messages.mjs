// SendMessage and SendStreamingMessage.
import assert from 'node:assert/strict';

import { eventually } from '../child.mjs';
import { chunks, failsAs, isCancelled, saying, state, texts, told } from '../words.mjs';

const send = {
  'what a message carries comes back as it was sent': async ({ client }) => {
    const parts = [
      { text: 'echo \u{1F30A} "quoted" \\ \u0000 end' },
      {
        raw: Buffer.from([0, 1, 127, 128, 255]).toString('base64'),
        filename: 'five.bin',
        mediaType: 'application/octet-stream',
      },
      { url: 'https://sluice.test/picture.png', mediaType: 'image/png' },
      { data: { list: [1, -2.5, 1e300, true, null, { deep: 'yes' }], empty: {} }, metadata: { about: 'data' } },
    ];
    const request = saying('', { parts, metadata: { number: 7, nested: { list: ['a'] } } });
    const task = await client.send(request);
    assert.equal(state(task), 'COMPLETED');
    assert.deepEqual(task.artifacts[0].parts, request.message.parts);
    assert.deepEqual(task.artifacts[0].metadata, request.message.metadata);
    assert.equal(task.artifacts[0].name, 'what you sent');
    assert.equal(task.history[0].messageId, request.message.messageId);
  },

  'an agent may answer with a message instead of a task': async ({ client }) => {
    assert.deepEqual(texts([await client.send(saying('message'))]), ['no task needed']);
  },

  'returnImmediately answers while the task runs': async (scene) => {
    const task = await scene.startTask('step 1');
    await scene.go(task.id);
    await eventually('the task to complete', async () => state(await scene.getTask(task.id)) === 'COMPLETED');
  },

  'a failed task is an answer, not an error': async ({ client }) => {
    const failed = await client.send(saying('fail'));
    assert.equal(state(failed), 'FAILED');
    assert.deepEqual(texts([failed.status.message]), ['as asked']);
  },

  'a task that asks for input goes on with the next message': async ({ client }) => {
    const asking = await client.send(saying('ask'));
    assert.equal(state(asking), 'INPUT_REQUIRED');
    assert.deepEqual(texts([asking.status.message]), ['which one?']);
    const task = await client.send(saying('this one', { taskId: asking.id, contextId: asking.contextId }));
    assert.equal(task.id, asking.id);
    assert.equal(state(task), 'COMPLETED');
    assert.deepEqual(texts(task.artifacts), ['this one']);
  },

  'an abort closes the request at the agent, and the task goes on': async (scene) => {
    const { client } = scene;
    const contextId = crypto.randomUUID();
    const call = client.open('SendMessage', saying('step 1', { contextId }));
    const list = () => client.call('ListTasks', { contextId });
    const { id } = await eventually('the task to run', async () => (await list()).tasks?.[0]);
    call.cancel();
    await isCancelled(client, call.rest());
    assert.equal((await scene.closeOf('SendMessage', contextId)).written, false);
    await scene.go(id);
    await eventually('the task to complete', async () => state(await scene.getTask(id)) === 'COMPLETED');
  },

  'compressed by the client': async ({ client }) => {
    for (const compression of ['deflate', 'gzip']) {
      const text = `echo ${'again '.repeat(5000)}`;
      const { artifacts } = await client.send(saying(text), { compression });
      assert.deepEqual(texts(artifacts), [text]);
    }
  },

  'a deadline ends the call and its request at the agent': async (scene) => {
    const request = saying('silent');
    await failsAs(scene.client.names.timeout, 'DEADLINE_EXCEEDED', scene.client.send(request, { timeout_ms: 300 }));
    assert.equal((await scene.closeOf('SendMessage', request.message.messageId)).written, false);
  },
};

const stream = {
  'each event arrives before the agent makes the next': async (scene) => {
    const events = scene.client.stream(saying('step 3'));
    const first = await events.next();
    assert.deepEqual(told([first]), ['task WORKING']);
    for (const chunk of chunks(3)) {
      await scene.go(first.task.id);
      assert.deepEqual(told([await events.next()]), [chunk]);
    }
    assert.deepEqual(told(await events.rest()), ['COMPLETED']);
  },

  'a message, a failed task and a task that asks end well': async ({ client }) => {
    const said = async (text) => told(await client.stream(saying(text)).rest());
    assert.deepEqual(await said('message'), ['message no task needed']);
    assert.deepEqual(await said('fail'), ['task WORKING', 'FAILED']);
    assert.deepEqual(await said('ask'), ['task WORKING', 'INPUT_REQUIRED']);
  },

  'a task that asked for input goes on with the next message': async ({ client, agentSdk }) => {
    const [{ task: asking }] = await client.stream(saying('ask')).rest();
    const answer = saying('this one', { taskId: asking.id, contextId: asking.contextId });
    // a2a-sdk has no second beginning of a task: there the agent goes on with a status.
    const again = { js: 'task WORKING', py: 'WORKING' }[agentSdk];
    assert.deepEqual(told(await client.stream(answer).rest()), [again, 'this one', 'COMPLETED']);
  },

  'an abort closes the stream at the agent, and the task goes on': async (scene) => {
    const request = saying('step 2');
    const events = scene.client.stream(request);
    const { id } = (await events.next()).task;
    await scene.go(id);
    await events.next();
    events.cancel();
    await isCancelled(scene.client, events.rest());
    assert.equal((await scene.closeOf('SendStreamingMessage', request.message.messageId)).written, false);
    await scene.go(id);
    const task = await eventually('the task to complete', async () => {
      const now = await scene.getTask(id);
      return state(now) === 'COMPLETED' && now;
    });
    assert.deepEqual(texts(task.artifacts), chunks(2));
  },

  'a deadline ends the call and its request at the agent': async (scene) => {
    const request = saying('silent');
    const call = scene.client.stream(request, { timeout_ms: 300 });
    await failsAs(scene.client.names.timeout, 'DEADLINE_EXCEEDED', call.rest());
    assert.equal((await scene.closeOf('SendStreamingMessage', request.message.messageId)).written, false);
  },

  '500 events as fast as the agent makes them, in order': async ({ client }) => {
    const events = await client.stream(saying('slow 500 0')).rest();
    assert.deepEqual(told(events), ['task WORKING', ...chunks(500), 'COMPLETED']);
  },
};

export const messageCases = { SendMessage: send, SendStreamingMessage: stream };
