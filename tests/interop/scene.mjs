// The programs that the cases run against: agents behind, sluice, and the SDK's gRPC clients before it.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { AgentCard, GetTaskRequest } from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import { A2AService } from '@a2a-js/sdk/server/grpc';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';

import { Child } from './harness.mjs';
import { saying, state } from './words.mjs';

async function startAgent(kind) {
  const child = new Child(`agent ${kind}`, process.execPath, [
    fileURLToPath(new URL('agent.mjs', import.meta.url)),
    kind,
  ]);
  const { url, grpc } = await child.event('its addresses', (event) => event.event === 'serving');
  return Object.assign(child, { url, grpc });
}

async function startSluice(program, agents) {
  const upstreams = Object.entries(agents).map(([name, url]) => `--upstream=${name}=${url}`);
  const child = new Child('sluice', program, [
    '--listen=127.0.0.1:0',
    '--http-listen=127.0.0.1:0',
    '--lame-duck=0s',
    '--set=drain.refuse=0s',
    ...upstreams,
  ]);
  child.address = await child.line('its addresses', (line) => /^sluice: serving grpc=(\S+) /.exec(line)?.[1]);
  return child;
}

// What a program that was told of the gateway would know.
function cardFor(address) {
  return AgentCard.fromJSON({
    name: 'over gRPC',
    supportedInterfaces: [{ url: address, protocolBinding: 'GRPC', protocolVersion: '1.0' }],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
  });
}

function connect(address) {
  const transports = [new GrpcTransportFactory()];
  const factory = new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { transports }));
  return factory.createFromAgentCard(cardFor(address));
}

export class Scene {
  static async start(program) {
    const scene = new Scene();
    scene.full = await startAgent('full');
    scene.plain = await startAgent('plain');
    scene.strict = await startAgent('strict');
    scene.mortal = await startAgent('full');
    scene.sluice = await startSluice(program, {
      full: scene.full.url,
      plain: scene.plain.url,
      strict: scene.strict.url,
      mortal: scene.mortal.url,
      gone: 'http://127.0.0.1:1/',
    });
    const { address } = scene.sluice;
    scene.client = await connect(address);
    scene.transport = await scene.transportWith({});
    // To the agent's own gRPC port, without sluice.
    scene.direct = await connect(scene.full.grpc);
    return scene;
  }

  // Past the client's own checks and headers.
  transportWith(grpcCallOptions) {
    const { address } = this.sluice;
    return new GrpcTransportFactory({ grpcCallOptions }).create(address, cardFor(address));
  }

  // One unary call by a bare gRPC client with such channel options.
  async callRaw(method, request, options) {
    const Bare = makeGenericClientConstructor(A2AService, 'A2AService');
    const bare = new Bare(this.sluice.address, credentials.createInsecure(), options);
    try {
      return await promisify(bare[method].bind(bare))(request);
    } finally {
      bare.close();
    }
  }

  async stopAgents() {
    for (const agent of [this.full, this.plain, this.strict]) await agent.stop();
  }

  getTask(id, more = {}) {
    return this.client.getTask(GetTaskRequest.fromJSON({ id, ...more }));
  }

  // Lets a "step" task go one step on.
  go(taskId) {
    return fetch(new URL(`go/${taskId}`, this.full.url), { method: 'POST' });
  }

  async startTask(text) {
    const task = await this.client.sendMessage(saying(text, {}, { returnImmediately: true }));
    assert.equal(state(task), 'WORKING');
    return task;
  }

  // The exchange at the agent that carries `text`: how its request came, how its connection closed.
  requestWith(text) {
    return this.full.event('the request', (event) => event.event === 'request' && event.text.includes(text));
  }

  closeOf(method, text) {
    const ours = (event) => event.event === 'close' && event.method === method && event.text.includes(text);
    return this.full.event('the end of the exchange', ours);
  }
}
