// The same for the modern revision: whatever the suite's server has is listed and used once. A call that fails is for the
// suite to judge.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { context, endSluice, scenario, shim } from './suite.mjs';

const client = new Client(
  { name: 'sluice-conformance', version: '1.0.0' },
  {
    capabilities: { elicitation: { form: {} }, sampling: {}, roots: {} },
    versionNegotiation: { mode: 'auto' },
  },
);
client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed: true } }));
client.setRequestHandler('sampling/createMessage', () => ({
  model: 'test',
  role: 'assistant',
  content: { type: 'text', text: 'sampled' },
}));
client.setRequestHandler('roots/list', () => ({ roots: [] }));
await client.connect(new StdioClientTransport(shim));

const attempt = (promise) => promise.catch((error) => console.error(`${scenario}: ${error.message}`));

// What the schema of a tool requires, so that the call is made at all.
function argumentsFor({ inputSchema }) {
  const valueOf = (name) => {
    const { type } = inputSchema.properties?.[name] ?? {};
    if (type === 'object') return {};
    return type === 'number' || type === 'integer' ? 1 : 'text';
  };
  return Object.fromEntries((inputSchema.required ?? []).map((name) => [name, valueOf(name)]));
}

const { tools } = await client.listTools();
let calls = context.toolCalls ?? tools.map((tool) => ({ name: tool.name, arguments: argumentsFor(tool) }));
if (scenario === 'json-schema-2020-12-preservation') {
  calls = [{ name: tools[1].name, arguments: { schema: tools[0].inputSchema } }];
}
await Promise.all(calls.map((call) => attempt(client.callTool(call))));
const { resources = [] } = (await attempt(client.listResources())) ?? {};
for (const { uri } of resources) await attempt(client.readResource({ uri }));
const { prompts = [] } = (await attempt(client.listPrompts())) ?? {};
for (const { name } of prompts) await attempt(client.getPrompt({ name, arguments: {} }));
await client.close();
await endSluice();
