// Sluice between two halves of an A2A library that this project did not write, @a2a-js/sdk: its JSON-RPC and SSE agent
// (agent.mjs) behind, its gRPC client before. Argument: the program `sluice`. The last line is "N passed, M failed".
import assert from 'node:assert/strict';

import { directCases } from './direct_cases.mjs';
import { errorCases } from './error_cases.mjs';
import { Child, Runner } from './harness.mjs';
import { manyCases } from './many_cases.mjs';
import { messageCases } from './message_cases.mjs';
import { taskCases } from './task_cases.mjs';
import { Scene } from './scene.mjs';
import { collect, next, saying, told } from './words.mjs';

// A gRPC client may obey these; everything here is on loopback.
for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

const runner = new Runner();
try {
  const scene = await Scene.start(process.argv[2]);
  await messageCases(runner, scene);
  await taskCases(runner, scene);
  await errorCases(runner, scene);
  await directCases(runner, scene);
  await manyCases(runner, scene);
  await runner.check('sluice: SIGTERM ends it with 0, its counters match', async () => {
    const stream = scene.client.sendMessageStream(saying('step 1'));
    const { id } = (await next(stream)).value;
    const ended = scene.sluice.stop('SIGTERM');
    ended.catch(() => {}); // looked at below
    await scene.sluice.line('that it drains', (line) => line.startsWith('drain: refusing'), scene.sluice.err);
    await scene.go(id);
    assert.deepEqual(told(await collect(stream)), ['chunk 1', 'COMPLETED'], 'a running stream goes on');
    assert.equal(await ended, 0, scene.sluice.err.slice(-10).join('\n'));
    assert.match(scene.sluice.err.filter((line) => line.startsWith('counters:')).join('\n'), / match$/);
  });
  await scene.stopAgents();
} catch (error) {
  await runner.check('the programs start and stop', () => Promise.reject(error));
} finally {
  await Child.killAll();
}
process.exit(runner.finish());
