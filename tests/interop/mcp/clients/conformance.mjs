// The client that @modelcontextprotocol/conformance tests: the official SDK over the stdio transport, `sluicectl
// mcp-stdio` as its server, and a sluice of its own before the suite's server. `conformance.mjs BIN SERVER_URL`; the
// scenario is in MCP_CONFORMANCE_SCENARIO.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { Child, startLimit } from '../child.mjs';

const [, , bin, url] = process.argv;
const scenario = process.env.MCP_CONFORMANCE_SCENARIO;

const flags = ['--listen=127.0.0.1:0', '--http-listen=127.0.0.1:0', '--lame-duck=0s', `--upstream=suite=mcp+${url}`];
const sluice = new Child('sluice', `${bin}/sluice`, flags);
const address = await sluice.line('its addresses', (line) => /^sluice: serving grpc=(\S+) /.exec(line)?.[1], {
  limit: startLimit,
});

const client = new Client(
  { name: 'sluice-conformance', version: '1.0.0' },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }));
const args = ['mcp-stdio', '--address', address];
await client.connect(new StdioClientTransport({ command: `${bin}/sluicectl`, args, stderr: 'inherit' }));

const calls = {
  tools_call: { name: 'add_numbers', arguments: { a: 5, b: 3 } },
  'elicitation-sep1034-client-defaults': { name: 'test_client_elicitation_defaults', arguments: {} },
  'sse-retry': { name: 'test_reconnection', arguments: {} },
};
await client.listTools();
if (calls[scenario]) await client.callTool(calls[scenario]);
await client.close();
await sluice.stop();
