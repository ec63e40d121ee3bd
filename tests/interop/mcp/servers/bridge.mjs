// An HTTP server in front of a stdio server, so that what tests HTTP servers can test what is behind `sluicectl
// mcp-stdio`: `bridge.mjs PROGRAM ARGUMENT...` starts one for each session. Messages pass as they are.
import { randomUUID } from 'node:crypto';
import http from 'node:http';

import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

import { watch } from './words.mjs';

const [, , command, ...args] = process.argv;
const sessions = new Map();

async function bridge() {
  const outside = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, outside),
  });
  const inside = new StdioClientTransport({ command, args, stderr: 'inherit' });
  // On stdio nothing says which request a message belongs to: progress by its token, all else to the latest request.
  let latest;
  const tokens = new Map();
  outside.onmessage = (message) => {
    if (message.method && message.id !== undefined) latest = message.id;
    const token = message.params?._meta?.progressToken;
    if (token !== undefined) tokens.set(token, message.id);
    inside.send(message);
  };
  inside.onmessage = (message) => {
    const relatedRequestId = message.method ? (tokens.get(message.params?.progressToken) ?? latest) : undefined;
    outside.send(message, { relatedRequestId });
  };
  outside.onclose = () => inside.close();
  await outside.start();
  await inside.start();
  return outside;
}

const allowed = (name) => name === undefined || /^(https?:\/\/)?(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(name);

watch(
  http.createServer(async (request, response) => {
    if (!allowed(request.headers.host) || !allowed(request.headers.origin)) {
      response.writeHead(403).end();
      return;
    }
    const outside = sessions.get(request.headers['mcp-session-id']) ?? (await bridge());
    await outside.handleRequest(request, response);
  }),
).listen(0, '127.0.0.1');
