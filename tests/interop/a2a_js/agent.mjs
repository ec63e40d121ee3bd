// The scripted A2A 1.0 agent of ../README.md over JSON-RPC and SSE, made with @a2a-js/sdk; the same agent over gRPC, so
// that a client can compare what it gets through sluice with what it gets without. a2a_python/agent.py is the same with
// the other SDK, line by line of the script.
//
// Arguments: "plain" is an agent that can do nothing beyond SendMessage, "strict" one that demands an extension and
// plain text, "legacy" one that offers A2A 0.3 over JSON-RPC by what the SDK has for that. On stdout it tells one JSON object a line: where it serves, each request, how each exchange closed.
// It ends when its stdin does.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { AgentCard, Artifact, Message, Task, TaskArtifactUpdateEvent, TaskStatusUpdateEvent } from '@a2a-js/sdk';
import * as errors from '@a2a-js/sdk/errors';
import { AgentEvent, DefaultRequestHandler, InMemoryTaskStore } from '@a2a-js/sdk/server';
import { agentCardHandler, jsonRpcHandler, UserBuilder } from '@a2a-js/sdk/server/express';
import { LegacyA2AService, legacyGrpcService } from '@a2a-js/sdk/compat/v0_3/server/grpc';
import { A2AService, grpcService } from '@a2a-js/sdk/server/grpc';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import express from 'express';

const kind = process.argv[2] ?? 'full';

function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

// One turn of one task: what the SDK hands to an executor, in the words of this script.
class Turn {
  constructor(context, bus) {
    this.context = context;
    this.bus = bus;
    this.ids = { taskId: context.taskId, contextId: context.contextId };
  }

  get text() {
    return this.context.userMessage.parts[0]?.content?.value ?? '';
  }

  status(state, text) {
    const message = text && {
      ...this.ids,
      messageId: crypto.randomUUID(),
      role: 'ROLE_AGENT',
      parts: [{ text }],
    };
    return { state: `TASK_STATE_${state}`, timestamp: new Date().toISOString(), message };
  }

  begin() {
    const task = Task.fromJSON({ id: this.ids.taskId, contextId: this.ids.contextId, status: this.status('WORKING') });
    // The SDK has put the new message of a follow-up into the history already.
    task.history = this.context.task?.history ?? [this.context.userMessage];
    task.artifacts = this.context.task?.artifacts ?? [];
    this.bus.publish(AgentEvent.task(task));
  }

  chunk(number, last) {
    const artifact = { artifactId: 'chunks', parts: [{ text: `chunk ${number}` }] };
    this.bus.publish(
      AgentEvent.artifactUpdate(
        TaskArtifactUpdateEvent.fromJSON({ ...this.ids, artifact, append: number > 1, lastChunk: number === last }),
      ),
    );
  }

  repeat() {
    const artifact = Artifact.fromJSON({ artifactId: 'echo', name: 'what you sent' });
    artifact.parts = this.context.userMessage.parts;
    artifact.metadata = this.context.userMessage.metadata;
    const event = TaskArtifactUpdateEvent.fromJSON({ ...this.ids, lastChunk: true });
    this.bus.publish(AgentEvent.artifactUpdate({ ...event, artifact }));
  }

  become(state, text) {
    const event = TaskStatusUpdateEvent.fromJSON({ ...this.ids, status: this.status(state, text) });
    this.bus.publish(AgentEvent.statusUpdate(event));
  }

  say(text) {
    this.bus.publish(AgentEvent.message(Message.fromJSON(this.status('COMPLETED', text).message)));
  }
}

// Lets one task take one step for each time it was told to go on, whether it asked before or after.
class Steps {
  #steps = new Map();

  #of(taskId) {
    if (!this.#steps.has(taskId)) this.#steps.set(taskId, { allowed: 0, wake: () => {} });
    return this.#steps.get(taskId);
  }

  allow(taskId) {
    const entry = this.#of(taskId);
    entry.allowed += 1;
    entry.wake();
  }

  async take(taskId, signal) {
    const entry = this.#of(taskId);
    while (entry.allowed === 0 && !signal.aborted) {
      await new Promise((resolve) => {
        entry.wake = resolve;
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    entry.allowed -= 1;
  }
}

class ScriptedAgent {
  steps = new Steps();
  // Task id to its last turn and what stops that.
  #turns = new Map();

  execute(context, bus) {
    for (const extension of context.context.requestedExtensions ?? []) context.context.addActivatedExtension(extension);
    const turn = new Turn(context, bus);
    const cancel = new AbortController();
    this.#turns.set(context.taskId, { turn, cancel });
    return this.#play(turn, cancel.signal);
  }

  async cancelTask(taskId) {
    const { turn, cancel } = this.#turns.get(taskId);
    cancel.abort();
    turn.become('CANCELED');
  }

  async #play(turn, cancelled) {
    const [word, count, milliseconds] = turn.text.split(' ');
    if (word === 'message') return turn.say('no task needed');
    if (word === 'hasty') return turn.become('COMPLETED');
    turn.begin();
    const answered = turn.context.task !== undefined;
    if (word === 'ask' && !answered) return turn.become('INPUT_REQUIRED', 'which one?');
    if (word === 'fail') return turn.become('FAILED', 'as asked');
    if (word === 'confuse') return turn.say('by the way');
    if (word === 'throw') throw new Error('thrown as asked');
    if (word === 'silent') {
      await new Promise((resolve) => cancelled.addEventListener('abort', resolve, { once: true }));
      return undefined;
    }
    if (word === 'step' || word === 'slow') {
      for (let number = 1; number <= Number(count); number += 1) {
        if (word === 'step') await this.steps.take(turn.ids.taskId, cancelled);
        else await sleep(Number(milliseconds), undefined, { signal: cancelled }).catch(() => {});
        if (cancelled.aborted) return undefined;
        turn.chunk(number, Number(count));
      }
    } else {
      turn.repeat();
    }
    return turn.become('COMPLETED');
  }
}

// The errors of JSON-RPC itself have no class of their own in this SDK.
const jsonRpcCodes = {
  JSONParseError: -32700,
  InvalidRequestError: -32600,
  MethodNotFoundError: -32601,
  InvalidParamsError: -32602,
  InternalError: -32603,
};

function makeError(name) {
  const message = `${name} as asked`;
  if (name in errors) return new errors[name](message);
  return new errors.JsonRpcTransportError({ error: { code: jsonRpcCodes[name], message } });
}

// What an agent's author may refuse before the program runs, and while it streams.
class ScriptedHandler extends DefaultRequestHandler {
  sendMessage(params, context) {
    this.#check(params, 'raise');
    return super.sendMessage(params, context);
  }

  async *sendMessageStream(params, context) {
    this.#check(params, 'raise');
    for await (const event of super.sendMessageStream(params, context)) {
      yield event;
      this.#check(params, 'raise-later');
    }
  }

  #check(params, when) {
    const [word, name] = String(params.message?.parts[0]?.content?.value ?? '').split(' ');
    if (word === when) throw makeError(name);
  }
}

function makeCard(url, grpc) {
  const full = kind !== 'plain';
  const legacy = kind === 'legacy' ? [{ url: grpc, protocolBinding: 'GRPC', protocolVersion: '0.3' }] : [];
  const extensions = kind === 'strict' ? [{ uri: 'https://sluice.test/extensions/needed', required: true }] : [];
  return AgentCard.fromJSON({
    name: `interop ${kind}`,
    description: 'scripted by the text of a message',
    version: '1',
    supportedInterfaces: [
      { url, protocolBinding: 'JSONRPC', protocolVersion: kind === 'legacy' ? '0.3' : '1.0' },
      { url: grpc, protocolBinding: 'GRPC', protocolVersion: '1.0' },
      ...legacy,
    ],
    capabilities: { streaming: full, pushNotifications: full, extendedAgentCard: full, extensions },
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [{ id: 'script', name: 'Script', description: 'does what it is told', tags: ['test'] }],
  });
}

// Takes everyone but one. Over gRPC the metadata is the head.
async function userBuilder(call) {
  const authorization = call.headers?.authorization ?? call.metadata?.get('authorization')[0];
  if (authorization === 'Bearer wrong') throw new Error('not you');
  return UserBuilder.noAuthentication(call);
}

const agent = new ScriptedAgent();
const app = express();

// The test says "one step more".
app.post('/go/:taskId', (request, response) => {
  agent.steps.allow(request.params.taskId);
  response.end();
});

const legacyCompat = { enabled: kind === 'legacy' };
app.use('/.well-known/agent-card.json', (request, response, next) =>
  agentCardHandler({ agentCardProvider: async () => card, legacyCompat })(request, response, next),
);

// Tells of each exchange: what came in, and whether the answer was written to its end before the connection closed.
app.use(
  express.json({ verify: (request, _, bytes) => (request.text = bytes.toString()) }),
  (request, response, next) => {
    const { method, params } = request.body ?? {};
    tell({ event: 'request', method, params, text: request.text, headers: request.headers });
    response.on('close', () => {
      tell({ event: 'close', method, text: request.text, written: response.writableFinished });
    });
    next();
  },
);

// Both ports are wanted before the card, which names them; the services come after it.
const server = http.createServer(app);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const grpcServer = new Server();
const grpcPort = await new Promise((resolve, reject) => {
  const bound = (error, port) => (error ? reject(error) : resolve(port));
  grpcServer.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
});
const grpc = `127.0.0.1:${grpcPort}`;

const card = makeCard(url, grpc);
const extended = ['full', 'legacy'].includes(kind) ? async () => ({ ...card, name: `${card.name}, extended` }) : undefined;
const requestHandler = new ScriptedHandler(
  card,
  new InMemoryTaskStore(),
  agent,
  undefined,
  undefined,
  undefined,
  extended,
  undefined,
  { validateInputModes: kind === 'strict' },
);
const service = { requestHandler, userBuilder };
app.use(jsonRpcHandler({ ...service, legacyCompat }));
grpcServer.addService(A2AService, grpcService(service));
if (legacyCompat.enabled) grpcServer.addService(LegacyA2AService, legacyGrpcService(service));
tell({ event: 'serving', url, grpc });

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
