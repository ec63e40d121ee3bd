// @modelcontextprotocol/client, pinned to the modern revision.
import assert from 'node:assert/strict';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { received, run, server, waiter, wordsOf } from './case.mjs';

const withClient = (body) => async () => {
  const client = new Client(
    { name: 'interop', version: '1.0.0' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
  await client.connect(new StdioClientTransport(server));
  await body(client);
  await client.close();
};

const slow = (client, options, steps = 3) =>
  client.callTool({ name: 'trigger-long-running-operation', arguments: { duration: 0.1 * steps, steps } }, options);

const echo = async (client, message) => wordsOf(await client.callTool({ name: 'echo', arguments: { message } }));

await run({
  discover: withClient(async (client) => {
    assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
    assert.ok((await client.discover()).supportedVersions.includes('2026-07-28'));
  }),
  tools: withClient(async (client) => {
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'echo'));
  }),
  call: withClient(async (client) => {
    assert.equal(await echo(client, 'Zürich \u2028 "𝄞"'), 'Echo: Zürich \u2028 "𝄞"');
  }),
  progress: withClient(async (client) => {
    const messages = received(client);
    await slow(client, { onprogress: () => {} });
    const steps = messages.filter(({ method }) => method === 'notifications/progress');
    assert.deepEqual(steps.map(({ params }) => [params.progress, params.total]), [[1, 3], [2, 3], [3, 3]]);
    const end = messages.findIndex(({ result }) => result?.content);
    assert.ok(end > messages.indexOf(steps.at(-1)), 'the result came after the last step');
  }),
  elicitation: withClient(async (client) => {
    assert.equal(wordsOf(await client.callTool({ name: 'trigger-elicitation-request', arguments: {} })), 'name: Ada');
  }),
  cancel: withClient(async (client) => {
    const abort = new AbortController();
    const seen = waiter();
    const call = slow(client, { signal: abort.signal, onprogress: seen.take }, 1000);
    call.catch(() => {});
    await seen.all;
    abort.abort('enough');
    await assert.rejects(call);
    assert.equal(await echo(client, 'after'), 'Echo: after');
  }),
  listen: withClient(async (client) => {
    const changed = waiter();
    client.setNotificationHandler('notifications/tools/list_changed', changed.take);
    const subscription = await client.listen({ toolsListChanged: true });
    await client.callTool({ name: 'change-tools', arguments: {} });
    await changed.all;
    await subscription.close();
    assert.equal(await subscription.closed, 'local');
  }),
});
