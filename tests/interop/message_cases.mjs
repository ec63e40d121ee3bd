// SendMessage and SendStreamingMessage.
import assert from 'node:assert/strict';

import { ListTasksRequest } from '@a2a-js/sdk';
import * as errors from '@a2a-js/sdk/errors';
import { compressionAlgorithms, status as grpcStatus } from '@grpc/grpc-js';

import { eventually } from './harness.mjs';
import { chunks, collect, fails, next, saying, state, streamFails, texts, told } from './words.mjs';

export async function messageCases(runner, scene) {
  await runner.check('SendMessage: what a message carries comes back as it was sent', async () => {
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
    const task = await scene.client.sendMessage(request);
    assert.equal(state(task), 'COMPLETED');
    assert.deepEqual(task.artifacts[0].parts, request.message.parts);
    assert.deepEqual(task.artifacts[0].metadata, request.message.metadata);
    assert.equal(task.artifacts[0].name, 'what you sent');
    assert.equal(task.history[0].messageId, request.message.messageId);
  });

  await runner.check('SendMessage: an agent may answer with a message instead of a task', async () => {
    const message = await scene.client.sendMessage(saying('message'));
    assert.deepEqual(texts([message]), ['no task needed']);
  });

  await runner.check('SendMessage: returnImmediately answers while the task runs', async () => {
    const task = await scene.startTask('step 1');
    await scene.go(task.id);
    await eventually('the task to complete', async () => state(await scene.getTask(task.id)) === 'COMPLETED');
  });

  await runner.check('SendMessage: a failed task is an answer, not an error', async () => {
    const failed = await scene.client.sendMessage(saying('fail'));
    assert.equal(state(failed), 'FAILED');
    assert.deepEqual(texts([failed.status.message]), ['as asked']);
    assert.equal(state(await scene.client.sendMessage(saying('throw'))), 'FAILED');
  });

  await runner.check('SendMessage: a task that asks for input goes on with the next message', async () => {
    const asking = await scene.client.sendMessage(saying('ask'));
    assert.equal(state(asking), 'INPUT_REQUIRED');
    const task = await scene.client.sendMessage(saying('this one', { taskId: asking.id, contextId: asking.contextId }));
    assert.equal(task.id, asking.id);
    assert.equal(state(task), 'COMPLETED');
    assert.deepEqual(texts(task.artifacts), ['this one']);
  });

  await runner.check('SendMessage: an abort closes the request at the agent, and the task goes on', async () => {
    const abort = new AbortController();
    const contextId = crypto.randomUUID();
    const request = saying('step 1', { contextId });
    const call = fails(
      errors.A2AError,
      grpcStatus.CANCELLED,
      scene.client.sendMessage(request, { signal: abort.signal }),
    );
    const list = () => scene.client.listTasks(ListTasksRequest.fromJSON({ contextId }));
    const { id } = await eventually('the task to run', async () => (await list()).tasks[0]);
    abort.abort();
    await call;
    const close = await scene.closeOf('SendMessage', contextId);
    assert.equal(close.written, false);
    await scene.go(id);
    await eventually('the task to complete', async () => state(await scene.getTask(id)) === 'COMPLETED');
  });

  await runner.check('SendStreamingMessage: each event arrives before the agent makes the next', async () => {
    const stream = scene.client.sendMessageStream(saying('step 3'));
    const first = await next(stream);
    assert.deepEqual(told([first]), ['task WORKING']);
    for (const chunk of chunks(3)) {
      await scene.go(first.value.id);
      assert.deepEqual(told([await next(stream)]), [chunk]);
    }
    assert.deepEqual(told(await collect(stream)), ['COMPLETED']);
  });

  await runner.check('SendStreamingMessage: a message, a failed task and a task that asks end well', async () => {
    const said = async (text) => told(await collect(scene.client.sendMessageStream(saying(text))));
    assert.deepEqual(await said('message'), ['message no task needed']);
    assert.deepEqual(await said('fail'), ['task WORKING', 'FAILED']);
    assert.deepEqual(await said('ask'), ['task WORKING', 'INPUT_REQUIRED']);
  });

  await runner.check('SendStreamingMessage: a task that asked for input goes on with the next message', async () => {
    const [{ value: asking }] = await collect(scene.client.sendMessageStream(saying('ask')));
    const answer = saying('this one', { taskId: asking.id, contextId: asking.contextId });
    assert.deepEqual(told(await collect(scene.client.sendMessageStream(answer))), [
      'task WORKING',
      'this one',
      'COMPLETED',
    ]);
  });

  await runner.check(
    'SendStreamingMessage: an abort closes the stream at the agent, and the task goes on',
    async () => {
      const abort = new AbortController();
      const request = saying('step 2');
      const stream = scene.client.sendMessageStream(request, { signal: abort.signal });
      const { id } = (await next(stream)).value;
      await scene.go(id);
      await next(stream);
      abort.abort();
      await streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
      assert.equal((await scene.closeOf('SendStreamingMessage', request.message.messageId)).written, false);
      await scene.go(id);
      const task = await eventually('the task to complete', async () => {
        const now = await scene.getTask(id);
        return state(now) === 'COMPLETED' && now;
      });
      assert.deepEqual(texts(task.artifacts), chunks(2));
    },
  );

  await runner.check('SendStreamingMessage: 500 events as fast as the agent makes them, in order', async () => {
    const events = await collect(scene.client.sendMessageStream(saying('slow 500 0')));
    assert.deepEqual(told(events), ['task WORKING', ...chunks(500), 'COMPLETED']);
  });

  await runner.check('SendMessage: compressed by the client', async () => {
    for (const algorithm of [compressionAlgorithms.deflate, compressionAlgorithms.gzip]) {
      const text = `echo ${'again '.repeat(5000)}`;
      const answer = await scene.callRaw('sendMessage', saying(text), {
        'grpc.default_compression_algorithm': algorithm,
      });
      assert.deepEqual(texts(answer.payload.value.artifacts), [text]);
    }
  });
}
