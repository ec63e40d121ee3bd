// Many at once, and what they leave behind: the end of the run looks at the gateway's counters.
import assert from 'node:assert/strict';

import { SubscribeToTaskRequest } from '@a2a-js/sdk';
import * as errors from '@a2a-js/sdk/errors';
import { status as grpcStatus } from '@grpc/grpc-js';

import { eventually } from './harness.mjs';
import { chunks, collect, next, saying, streamFails, told } from './words.mjs';

export async function manyCases(runner, scene) {
  await runner.check('50 streams at once, each with its own task and in order', async () => {
    const all = Array.from({ length: 50 }, () => collect(scene.client.sendMessageStream(saying('slow 5 20'))));
    const streams = await Promise.all(all);
    for (const events of streams) assert.deepEqual(told(events), ['task WORKING', ...chunks(5), 'COMPLETED']);
    assert.equal(new Set(streams.map(([task]) => task.value.id)).size, 50);
  });

  await runner.check('100 subscribers of one task, each told everything', async () => {
    const { id } = await scene.startTask('step 3');
    const request = SubscribeToTaskRequest.fromJSON({ id });
    const streams = Array.from({ length: 100 }, () => scene.client.resubscribeTask(request));
    await Promise.all(streams.map(next));
    for (let step = 0; step < 3; step += 1) await scene.go(id);
    for (const events of await Promise.all(streams.map(collect))) {
      assert.deepEqual(told(events), [...chunks(3), 'COMPLETED']);
    }
  });

  await runner.check('100 aborts, before and after the first event: nothing stays open at the agent', async () => {
    const contextId = crypto.randomUUID();
    const abortOne = async (_, index) => {
      const abort = new AbortController();
      const stream = scene.client.sendMessageStream(saying('silent', { contextId }), { signal: abort.signal });
      if (index % 2 === 0) await next(stream);
      // The call is made when the first event is asked for.
      const end = streamFails(errors.A2AError, grpcStatus.CANCELLED, stream);
      abort.abort();
      await end;
    };
    await Promise.all(Array.from({ length: 100 }, abortOne));
    await eventually('all of them to close', () => {
      const ours = scene.full.out.map((line) => JSON.parse(line)).filter((event) => event.text?.includes(contextId));
      const count = (kind) => ours.filter(({ event }) => event === kind).length;
      return count('request') >= 50 && count('request') === count('close');
    });
  });
}
