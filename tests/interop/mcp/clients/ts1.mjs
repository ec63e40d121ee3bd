// @modelcontextprotocol/sdk, the client of the legacy revisions.
import assert from 'node:assert/strict';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as types from '@modelcontextprotocol/sdk/types.js';

import { received, run, server, waiter, wordsOf } from './case.mjs';

const textResource = 'demo://resource/dynamic/text/1';

async function connected() {
  const client = new Client(
    { name: 'interop', version: '1.0.0' },
    { capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } } },
  );
  client.setRequestHandler(types.CreateMessageRequestSchema, ({ params }) => ({
    model: 'test',
    role: 'assistant',
    content: { type: 'text', text: `sampled: ${params.messages[0].content.text}` },
  }));
  client.setRequestHandler(types.ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  client.setRequestHandler(types.ListRootsRequestSchema, () => ({
    roots: [{ uri: 'file:///interop', name: 'interop' }],
  }));
  await client.connect(new StdioClientTransport(server));
  return client;
}

const withClient = (body) => async () => {
  const client = await connected();
  await body(client);
  await client.close();
};

const slow = (client, options, steps = 3) =>
  client.callTool(
    { name: 'trigger-long-running-operation', arguments: { duration: 0.1 * steps, steps } },
    undefined,
    options,
  );

const echo = async (client, message) => wordsOf(await client.callTool({ name: 'echo', arguments: { message } }));

await run({
  initialize: withClient(async (client) => {
    assert.ok(client.getServerVersion().name);
    assert.ok(client.getServerCapabilities().tools);
    await client.ping();
  }),
  tools: withClient(async (client) => {
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'echo'));
  }),
  call: withClient(async (client) => {
    assert.equal(await echo(client, 'Zürich \u2028 "𝄞"'), 'Echo: Zürich \u2028 "𝄞"');
    assert.equal((await echo(client, 'x'.repeat(1 << 20))).length, (1 << 20) + 6);
  }),
  error: withClient(async (client) => {
    await assert.rejects(client.request({ method: 'no/such' }, types.EmptyResultSchema), { code: -32601 });
    assert.equal(await echo(client, 'after'), 'Echo: after');
  }),
  progress: withClient(async (client) => {
    const messages = received(client);
    await slow(client, { onprogress: () => {} });
    const steps = messages.filter(({ method }) => method === 'notifications/progress');
    assert.deepEqual(steps.map(({ params }) => [params.progress, params.total]), [[1, 3], [2, 3], [3, 3]]);
    const end = messages.findIndex(({ result }) => result?.content);
    assert.ok(end > messages.indexOf(steps.at(-1)), 'the result came after the last step');
  }),
  sampling: withClient(async (client) => {
    const result = await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt: 'hello' } });
    assert.match(wordsOf(result), /sampled: .*hello/);
  }),
  elicitation: withClient(async (client) => {
    assert.match(wordsOf(await client.callTool({ name: 'trigger-elicitation-request', arguments: {} })), /Ada/);
  }),
  roots: withClient(async (client) => {
    assert.match(wordsOf(await client.callTool({ name: 'get-roots-list', arguments: {} })), /file:\/\/\/interop/);
  }),
  logging: withClient(async (client) => {
    const log = waiter();
    client.setNotificationHandler(types.LoggingMessageNotificationSchema, ({ params }) => log.take(params));
    if (client.getServerCapabilities().logging) await client.setLoggingLevel('debug');
    await client.callTool({ name: 'toggle-simulated-logging', arguments: {} });
    assert.ok((await log.all)[0].data);
  }),
  resources: withClient(async (client) => {
    const { contents } = await client.readResource({ uri: textResource });
    assert.match(contents[0].text, /Resource 1/);
    const update = waiter();
    client.setNotificationHandler(types.ResourceUpdatedNotificationSchema, ({ params }) => update.take(params.uri));
    if (client.getServerCapabilities().resources.subscribe) await client.subscribeResource({ uri: textResource });
    await client.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
    assert.deepEqual(await update.all, [textResource]);
  }),
  prompts: withClient(async (client) => {
    const { prompts } = await client.listPrompts();
    assert.ok(prompts.some(({ name }) => name === 'simple-prompt'));
    assert.ok((await client.getPrompt({ name: 'simple-prompt' })).messages[0].content.text);
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
  cut: withClient(async (client) => {
    const messages = received(client);
    const result = await slow(client, { onprogress: ({ progress }) => console.log(`step ${progress}`) }, 8);
    assert.match(wordsOf(result), /completed|done/);
    const steps = messages.filter(({ method }) => method === 'notifications/progress');
    assert.deepEqual(steps.map(({ params }) => params.progress), [1, 2, 3, 4, 5, 6, 7, 8]);
  }),
  many: withClient(async (client) => {
    const words = Array.from({ length: 50 }, (_, index) => `number ${index}`);
    const answers = await Promise.all(words.map((word) => echo(client, word)));
    assert.deepEqual(answers, words.map((word) => `Echo: ${word}`));
  }),
  end: withClient(async (client) => {
    await echo(client, 'before');
  }),
});
