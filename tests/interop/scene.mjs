// One pairing: agents of one SDK behind, sluice, and a client program of one SDK before it.
import assert from 'node:assert/strict';

import { Child, startLimit } from './child.mjs';
import { ClientProgram } from './client.mjs';
import { sdks } from './sdks.mjs';
import { saying, state } from './words.mjs';

export async function startAgent(sdk, kind) {
  const [program, ...args] = sdks[sdk].agent;
  const child = new Child(`agent ${sdk} ${kind}`, program, [...args, kind]);
  const { url, grpc } = await child.event('its addresses', (event) => event.event === 'serving', {
    limit: startLimit,
  });
  return Object.assign(child, { url, grpc });
}

export async function startSluice(program, upstreams, settings = []) {
  const flags = Object.entries(upstreams).map(([name, url]) => `--upstream=${name}=${url}`);
  const child = new Child('sluice', program, [
    '--listen=127.0.0.1:0',
    '--http-listen=127.0.0.1:0',
    '--lame-duck=0s',
    '--set=drain.refuse=0s',
    ...flags,
    ...settings.map((setting) => `--set=${setting}`),
  ]);
  const addresses = (line) => /^sluice: serving grpc=(\S+) http=(\S+)/.exec(line);
  [, child.address, child.http] = await child.line('its addresses', addresses, { limit: startLimit });
  return child;
}

export class Scene {
  static async start(program, clientSdk, agentSdk) {
    const scene = new Scene();
    scene.agentSdk = agentSdk;
    const start = (kind) => startAgent(agentSdk, kind);
    [scene.full, scene.plain, scene.strict, scene.mortal] = await Promise.all(
      ['full', 'plain', 'strict', 'full'].map(start),
    );
    const upstreams = {
      full: scene.full.url,
      plain: scene.plain.url,
      strict: scene.strict.url,
      mortal: scene.mortal.url,
      gone: 'http://127.0.0.1:1/',
    };
    scene.sluice = await startSluice(program, upstreams, ['upstreams.full.tenants=[red, blue]']);
    scene.program = await ClientProgram.start(clientSdk);
    scene.client = scene.program.to(scene.sluice.address);
    // To the agent's own gRPC port, without sluice.
    scene.direct = scene.program.to(scene.full.grpc);
    return scene;
  }

  async stop() {
    for (const child of [this.program, this.full, this.plain, this.strict]) await child.stop();
  }

  getTask(id, more = {}) {
    return this.client.call('GetTask', { id, ...more });
  }

  // Lets a "step" task go one step on.
  go(taskId) {
    return fetch(new URL(`go/${taskId}`, this.full.url), { method: 'POST' });
  }

  async startTask(text) {
    const task = await this.client.send(saying(text, {}, { returnImmediately: true }));
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
