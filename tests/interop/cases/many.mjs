// Many at once, and what they leave behind: the end looks at the gateway's counters.
import assert from 'node:assert/strict';

import { eventually } from '../child.mjs';
import { chunks, isCancelled, saying, told } from '../words.mjs';

const many = {
  '50 streams at once, each with its own task and in order': async ({ client }) => {
    const all = Array.from({ length: 50 }, () => client.stream(saying('slow 5 20')).rest());
    const streams = await Promise.all(all);
    for (const events of streams) assert.deepEqual(told(events), ['task WORKING', ...chunks(5), 'COMPLETED']);
    assert.equal(new Set(streams.map(([first]) => first.task.id)).size, 50);
  },

  '100 subscribers of one task, each told everything': async (scene) => {
    const { id } = await scene.startTask('step 3');
    const streams = Array.from({ length: 100 }, () => scene.client.open('SubscribeToTask', { id }));
    await Promise.all(streams.map((stream) => stream.next()));
    for (let step = 0; step < 3; step += 1) await scene.go(id);
    for (const events of await Promise.all(streams.map((stream) => stream.rest()))) {
      assert.deepEqual(told(events), [...chunks(3), 'COMPLETED']);
    }
  },

  '100 aborts, before and after the first event: nothing stays open at the agent': async (scene) => {
    const contextId = crypto.randomUUID();
    const abortOne = async (_, index) => {
      const stream = scene.client.stream(saying('silent', { contextId }));
      if (index % 2 === 0) await stream.next();
      stream.cancel();
      await isCancelled(scene.client, stream.rest());
    };
    await Promise.all(Array.from({ length: 100 }, abortOne));
    await eventually('all of them to close', () => {
      const ours = scene.full.out.map((line) => JSON.parse(line)).filter((event) => event.text?.includes(contextId));
      const count = (kind) => ours.filter(({ event }) => event === kind).length;
      return count('request') >= 50 && count('request') === count('close');
    });
  },
};

const end = {
  'SIGTERM: a running stream goes on, then sluice ends with 0 and its counters match': async (scene) => {
    const stream = scene.client.stream(saying('step 1'));
    const { id } = (await stream.next()).task;
    const ended = scene.sluice.stop('SIGTERM');
    ended.catch(() => {}); // looked at below
    await scene.sluice.line('that it drains', (line) => line.startsWith('drain: refusing'), {
      lines: scene.sluice.err,
    });
    await scene.go(id);
    assert.deepEqual(told(await stream.rest()), ['chunk 1', 'COMPLETED'], 'a running stream goes on');
    assert.equal(await ended, 0, scene.sluice.err.slice(-10).join('\n'));
    assert.match(scene.sluice.err.filter((line) => line.startsWith('counters:')).join('\n'), / match$/);
  },
};

export const manyCases = { 'many at once': many, 'the end': end };
