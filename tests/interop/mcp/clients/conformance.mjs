// The client that @modelcontextprotocol/conformance tests: an SDK over the stdio transport, `sluicectl mcp-stdio` as its
// server, and a sluice of its own before the suite's server. `conformance.mjs BIN SERVER_URL`; the scenario is in
// MCP_CONFORMANCE_SCENARIO. This one is for the legacy revisions.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { endSluice, scenario, shim } from './suite.mjs';

const client = new Client(
  { name: 'sluice-conformance', version: '1.0.0' },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }));
await client.connect(new StdioClientTransport(shim));

const calls = {
  tools_call: { name: 'add_numbers', arguments: { a: 5, b: 3 } },
  'elicitation-sep1034-client-defaults': { name: 'test_client_elicitation_defaults', arguments: {} },
  'sse-retry': { name: 'test_reconnection', arguments: {} },
};
await client.listTools();
if (calls[scenario]) await client.callTool(calls[scenario]);
await client.close();
await endSluice();
