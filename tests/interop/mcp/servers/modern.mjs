// A server over @modelcontextprotocol/server that speaks MCP 2026-07-28 and nothing older.
import http from 'node:http';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { acceptedContent, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

import { tell, watch } from './words.mjs';

const text = (words) => ({ content: [{ type: 'text', text: words }] });
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function makeServer() {
  const server = new McpServer({ name: 'modern', version: '1.0.0' });
  server.registerTool('echo', { inputSchema: z.object({ message: z.string() }) }, ({ message }) =>
    text(`Echo: ${message}`),
  );
  server.registerTool(
    'trigger-long-running-operation',
    { inputSchema: z.object({ duration: z.number(), steps: z.number() }) },
    async ({ duration, steps }, { mcpReq }) => {
      mcpReq.signal.addEventListener('abort', () => tell({ event: 'cancelled' }));
      for (let progress = 1; progress <= steps && !mcpReq.signal.aborted; progress += 1) {
        await pause((duration * 1000) / steps);
        const params = { progressToken: mcpReq._meta?.progressToken, progress, total: steps };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      return text('done');
    },
  );
  server.registerTool('trigger-elicitation-request', { inputSchema: z.object({}) }, (_, { mcpReq }) => {
    const schema = z.object({ name: z.string() });
    const answer = acceptedContent(mcpReq.inputResponses, 'name', schema);
    if (answer) return text(`name: ${answer.name}`);
    const ask = inputRequired.elicit({ message: 'Who?', requestedSchema: schema });
    return inputRequired({ inputRequests: { name: ask } });
  });
  server.registerTool('change-tools', { inputSchema: z.object({}) }, () => {
    handler.notify.toolsChanged();
    return text('changed');
  });
  return server;
}

const handler = createMcpHandler(makeServer, { legacy: 'reject' });
watch(http.createServer(toNodeHandler(handler))).listen(0, '127.0.0.1');
