// The server that @modelcontextprotocol/conformance asks for, as its scenarios describe it.
import { randomUUID } from 'node:crypto';
import http from 'node:http';

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';

import { watch } from './words.mjs';

const pause = (milliseconds = 50) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const text = (words) => ({ type: 'text', text: words });
const says = (...content) => ({ content });
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const image = { type: 'image', data: picture, mimeType: 'image/png' };
const sound = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const embedded = (uri, mimeType, words) => ({ type: 'resource', resource: { uri, mimeType, text: words } });
const object = (properties = {}, required = []) => ({ type: 'object', properties, required });
const words = { type: 'string' };

// The question of a tool, and how the answer is told.
async function asks({ sendRequest }, message, requestedSchema) {
  const params = { message, requestedSchema };
  const { action, content } = await sendRequest({ method: 'elicitation/create', params }, types.ElicitResultSchema);
  return says(text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`));
}

const defaults = object({
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
});
const options = ['option1', 'option2', 'option3'];
const titled = ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title }));
const enums = object({
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
  untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
});

const tools = {
  test_simple_text: { run: () => says(text('This is a simple text response for testing.')) },
  test_image_content: { run: () => says(image) },
  test_audio_content: { run: () => says({ type: 'audio', data: sound, mimeType: 'audio/wav' }) },
  test_embedded_resource: {
    run: () => says(embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')),
  },
  test_multiple_content_types: {
    run: () =>
      says(
        text('Multiple content types test:'),
        image,
        embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
      ),
  },
  test_tool_with_logging: {
    run: async (_, { sendNotification }) => {
      for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
        await pause();
      }
      return says(text('logged'));
    },
  },
  test_tool_with_progress: {
    run: async (_, { _meta, sendNotification }) => {
      for (const progress of [0, 50, 100]) {
        const params = { progressToken: _meta?.progressToken, progress, total: 100 };
        if (_meta?.progressToken !== undefined) await sendNotification({ method: 'notifications/progress', params });
        await pause();
      }
      return says(text('progressed'));
    },
  },
  test_error_handling: {
    run: () => ({ isError: true, ...says(text('This tool intentionally returns an error for testing')) }),
  },
  test_sampling: {
    schema: object({ prompt: words }, ['prompt']),
    run: async ({ prompt }, { sendRequest }) => {
      const params = { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 };
      const answer = await sendRequest({ method: 'sampling/createMessage', params }, types.CreateMessageResultSchema);
      return says(text(`LLM response: ${answer.content.text}`));
    },
  },
  test_elicitation: {
    schema: object({ message: words }, ['message']),
    run: ({ message }, extra) => asks(extra, message, object({ username: words, email: words }, ['username', 'email'])),
  },
  test_elicitation_sep1034_defaults: { run: (_, extra) => asks(extra, 'defaults', defaults) },
  test_elicitation_sep1330_enums: { run: (_, extra) => asks(extra, 'enums', enums) },
  test_reconnection: {
    run: async (_, { closeSSEStream }) => {
      closeSSEStream?.();
      await pause(200);
      return says(text('reconnected'));
    },
  },
  json_schema_2020_12_tool: {
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { type: 'object', properties: { street: words, city: words } } },
      properties: { name: words, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    },
    run: () => says(text('ok')),
  },
};

const user = (content) => ({ role: 'user', content });
const prompts = {
  test_simple_prompt: { get: () => [user(text('This is a simple prompt for testing.'))] },
  test_prompt_with_arguments: {
    arguments: ['arg1', 'arg2'],
    get: ({ arg1, arg2 }) => [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  },
  test_prompt_with_embedded_resource: {
    arguments: ['resourceUri'],
    get: ({ resourceUri }) => [
      user(embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
      user(text('Please process the embedded resource above.')),
    ],
  },
  test_prompt_with_image: { get: () => [user(image), user(text('Please analyze the image above.'))] },
};

const resources = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: picture },
  'test://watched-resource': { mimeType: 'text/plain', text: 'watched' },
};

function read(uri) {
  if (resources[uri]) return { uri, ...resources[uri] };
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id === undefined) throw new types.McpError(-32002, `no resource ${uri}`);
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) };
}

function makeServer() {
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {}, completions: {} };
  const server = new Server({ name: 'conformance', version: '1.0.0' }, { capabilities });
  const handle = (schema, handler) => server.setRequestHandler(schema, handler);
  handle(types.ListToolsRequestSchema, () => ({
    tools: Object.entries(tools).map(([name, { schema }]) => ({
      name,
      description: `The tool ${name}`,
      inputSchema: schema ?? object(),
    })),
  }));
  handle(types.CallToolRequestSchema, ({ params }, extra) => {
    if (!tools[params.name]) throw new types.McpError(-32602, `no tool ${params.name}`);
    return tools[params.name].run(params.arguments ?? {}, extra);
  });
  handle(types.ListPromptsRequestSchema, () => ({
    prompts: Object.entries(prompts).map(([name, prompt]) => ({
      name,
      description: `The prompt ${name}`,
      arguments: prompt.arguments?.map((argument) => ({ name: argument, description: argument, required: true })),
    })),
  }));
  handle(types.GetPromptRequestSchema, ({ params }) => ({ messages: prompts[params.name].get(params.arguments ?? {}) }));
  handle(types.ListResourcesRequestSchema, () => ({
    resources: Object.entries(resources).map(([uri, { mimeType }]) => ({ uri, name: uri, description: uri, mimeType })),
  }));
  handle(types.ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' }],
  }));
  handle(types.ReadResourceRequestSchema, ({ params }) => ({ contents: [read(params.uri)] }));
  handle(types.SubscribeRequestSchema, () => ({}));
  handle(types.UnsubscribeRequestSchema, () => ({}));
  handle(types.SetLevelRequestSchema, () => ({}));
  handle(types.CompleteRequestSchema, () => ({ completion: { values: ['paris', 'park', 'party'], total: 3 } }));
  return server;
}

// Remembers the events, so that a cut stream can be gone on with.
class Events {
  #events = [];

  storeEvent(stream, message) {
    this.#events.push({ stream, message });
    return String(this.#events.length);
  }

  async replayEventsAfter(last, { send }) {
    const { stream } = this.#events[Number(last) - 1];
    for (const [index, event] of this.#events.entries()) {
      const isLater = index >= Number(last) && event.stream === stream && event.message.jsonrpc;
      if (isLater) await send(String(index + 1), event.message);
    }
    return stream;
  }
}

const sessions = new Map();

async function transportFor(request) {
  const known = sessions.get(request.headers['mcp-session-id']);
  if (known) return known;
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new Events(),
    retryInterval: 100,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await makeServer().connect(transport);
  return transport;
}

watch(
  http.createServer(async (request, response) => {
    const transport = await transportFor(request);
    await transport.handleRequest(request, response);
  }),
).listen(0, '127.0.0.1');
