// Runs every case for every pairing of an MCP client and a server, and prints the table. `matrix.mjs BIN README [--write
// | --only TEXT]`; BIN has sluice and sluicectl. ../mcp.sh starts it.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { Child, startLimit, within } from './child.mjs';
import { startRelay } from './relay.mjs';
import { storedTable, storeTable, Table } from './table.mjs';

const [, , bin, readme, option, only = ''] = process.argv;
const caseLimit = 60_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.INTEROP_PYTHON;

const servers = {
  everything: { era: 'legacy', start: [process.execPath, here('servers/everything.mjs')] },
  legacy: { era: 'legacy', start: [python, here('servers/legacy.py')] },
  modern: { era: 'modern', start: [process.execPath, here('servers/modern.mjs')] },
  conformance: { start: [process.execPath, here('servers/conformance.mjs')] },
};

const clients = {
  ts1: { eras: ['legacy'], start: (_, name) => [process.execPath, here('clients/ts1.mjs'), name] },
  ts2: { eras: ['modern'], start: (_, name) => [process.execPath, here('clients/ts2.mjs'), name] },
  py: { eras: ['legacy', 'modern'], start: (era, name) => [python, here('clients/py.py'), `${era}:${name}`] },
};

// Waits for a line of the server with these words in it, after the first `before` ones.
const said = (server, before, ...words) => {
  let seen = 0;
  return server.line(words.join(' '), (line) => {
    seen += 1;
    return seen > before && words.every((word) => line.includes(word));
  });
};

// What a server must have seen, beside what the client program checks: server-everything does not stop a cancelled tool.
const both = ['legacy', 'modern'];
const rows = [
  { name: 'initialize', eras: ['legacy'], row: 'initialize, ping' },
  { name: 'discover', eras: ['modern'], row: 'server/discover: the revision is agreed on' },
  { name: 'tools', eras: both, row: 'tools/list' },
  { name: 'call', eras: both, row: 'tools/call: any Unicode, a megabyte' },
  { name: 'error', eras: ['legacy'], row: 'an error of the server is one; the session goes on' },
  { name: 'progress', eras: both, row: 'a tool with progress: each step, in order, before the result' },
  { name: 'sampling', eras: ['legacy'], row: 'sampling: the server asks, the client answers' },
  { name: 'elicitation', eras: both, row: 'elicitation: the server asks, the client answers' },
  { name: 'roots', eras: ['legacy'], row: 'roots: the server asks, the client answers' },
  { name: 'logging', eras: ['legacy'], row: 'logging: a level is set, a message comes' },
  { name: 'resources', eras: ['legacy'], row: 'resources: read, subscribe, updated' },
  { name: 'prompts', eras: ['legacy'], row: 'prompts: list, get' },
  {
    name: 'cancel',
    eras: both,
    row: 'cancel: the tool stops, the session goes on',
    seen: (server, before) => server.name !== 'server everything' && said(server, before, '"cancelled"'),
  },
  {
    name: 'cut',
    eras: ['legacy'],
    row: 'every connection is cut under a running tool: each step comes once, and the result',
    during: async (client, relay) => {
      await client.line('the second step', (line) => line === 'step 2');
      relay.cut();
    },
  },
  { name: 'listen', eras: ['modern'], row: 'subscriptions/listen: a change is told; closing ends it' },
  { name: 'many', eras: ['legacy'], row: 'fifty requests at once' },
  { name: 'end', eras: ['legacy'], row: 'the end: the MCP session is deleted', seen: (server, before) => said(server, before, '"request"', '"DELETE"') },
];

const table = new Table('client → server');
let passed = 0;
let failed = 0;

// A body that gives back a note has shown what is known to fail, and why: the table says "fails", and where the run finds
// something else it fails itself.
async function check(pairing, row, body) {
  const line = `${pairing}  ${row}`;
  if (!line.includes(only)) return;
  const started = performance.now();
  try {
    const note = await within(caseLimit, 'the end of the case', body());
    passed += 1;
    table.set(row, pairing, note ? 'fails' : 'ok', note);
    console.log(`ok    ${line} (${Math.round(performance.now() - started)} ms)${note ? '; fails as known' : ''}`);
  } catch (error) {
    failed += 1;
    table.set(row, pairing, 'FAIL');
    console.log(`FAIL  ${line}`);
    console.log(String(error?.stack ?? error).replace(/^/gm, '      '));
  }
}

const startServer = (name) => startProgram(`server ${name}`, servers[name].start);

async function startProgram(name, [program, ...args]) {
  const child = new Child(name, program, args);
  const read = (line) => /^\{"event": ?"serving"/.test(line) && JSON.parse(line).url;
  child.url = await child.line('its address', read, { limit: startLimit });
  return child;
}

async function startSluice(flags) {
  const child = new Child('sluice', `${bin}/sluice`, [
    '--listen=127.0.0.1:0',
    '--http-listen=127.0.0.1:0',
    '--lame-duck=0s',
    '--set=drain.refuse=0s',
    ...flags,
  ]);
  const address = (line) => /^sluice: serving grpc=(\S+) /.exec(line)?.[1];
  child.address = await child.line('its addresses', address, { limit: startLimit });
  return child;
}

async function succeeds(name, [program, ...args], during = () => {}) {
  const child = new Child(name, program, args);
  child.process.stdin.end();
  await during(child);
  const end = await child.exit;
  assert.equal(end, 0, `${name} ended with ${end}:\n${[...child.out, ...child.err].slice(-30).join('\n')}`);
  return child;
}

// A server, and sluice before it; between them a relay.
async function withScene(serverName, body) {
  let relay;
  try {
    const server = await startServer(serverName);
    relay = await startRelay(server.url);
    const sluice = await startSluice([`--upstream=${serverName}=mcp+${relay.url}`]);
    await body(server, sluice, relay);
    assert.equal(await sluice.stop(), 0, `sluice: ${sluice.err.slice(-10).join('\n')}`);
  } finally {
    relay?.close();
    await Child.killAll();
  }
}

async function runPairing(clientName, serverName) {
  const client = clients[clientName];
  const { era } = servers[serverName];
  const pairing = `${clientName} → ${serverName}`;
  const chosen = rows.filter(({ eras, row }) => eras.includes(era) && `${pairing}  ${row}`.includes(only));
  if (chosen.length === 0) return;
  const scene = withScene(serverName, async (server, sluice, relay) => {
    const shim = [`${bin}/sluicectl`, 'mcp-stdio', '--address', sluice.address, `--upstream=${serverName}`];
    for (const { name, row, seen, during } of chosen) {
      const before = server.out.length;
      await check(pairing, row, async () => {
        const start = [...client.start(era, name), ...shim];
        await succeeds(`client ${clientName}`, start, during && ((child) => during(child, relay)));
        if (seen) await seen(server, before);
      });
    }
  });
  await scene.catch((error) => check(pairing, 'the programs start and stop', () => Promise.reject(error)));
}

// Programs of ours before a server of others.
async function runOurs() {
  await check('ours', 'sluicectl tools, sluicectl tool: with server-everything', () =>
    withScene('everything', async (_, sluice) => {
      const to = ['--address', sluice.address];
      const tools = await succeeds('sluicectl', [`${bin}/sluicectl`, 'tools', ...to]);
      assert.ok(tools.out.some((line) => line.startsWith('echo  ')), tools.out.join('\n'));
      const slow = ['trigger-long-running-operation', '{"duration": 0.2, "steps": 2}'];
      const tool = await succeeds('sluicectl', [`${bin}/sluicectl`, 'tool', ...slow, ...to]);
      assert.deepEqual(tool.out, ['Long running operation completed. Duration: 0.2 seconds, Steps: 2.']);
      assert.ok(tool.err.includes('progress [##########          ]  50%'), tool.err.join('\n'));
    }),
  );
  await check('ours', 'sluicectl tool: with the modern server', () =>
    withScene('modern', async (_, sluice) => {
      const to = ['--address', sluice.address, '--era=modern'];
      const tool = await succeeds('sluicectl', [`${bin}/sluicectl`, 'tool', 'echo', '{"message": "hi"}', ...to]);
      assert.deepEqual(tool.out, ['Echo: hi']);
    }),
  );
  await check('ours', 'client/examples/python/mcp_session.py: with server-everything', () =>
    withScene('everything', async (_, sluice) => {
      const { out } = await succeeds('mcp_session.py', [python, here('mcp_session.py'), sluice.address]);
      assert.ok(out.some((line) => line.includes('"progress":2')), out.join('\n'));
      assert.ok(out.some((line) => line.includes('Long running operation completed')), out.join('\n'));
      assert.ok(out.some((line) => line.includes('sampled by a Python program')), out.join('\n'));
      assert.ok(out.some((line) => line.includes('code: 1')), out.join('\n'));
    }),
  );
}

const suites = {
  current: here('node_modules/@modelcontextprotocol/conformance/dist/index.js'),
  next: here('node_modules/conformance-next/dist/index.js'),
};
const conformance = (suite, ...args) => new Child('conformance', process.execPath, [suites[suite], ...args]);
const clientScenarios = {
  current: ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry'],
  next: [
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ],
};
const notes = {
  auth: 'OAuth is between an MCP client and HTTP; a client before Sluice sees neither 401 nor its headers',
  invalidTools:
    'asks that tools whose `x-mcp-header` is invalid are left out of the list and not called: the SDK does so over HTTP only, and Sluice hands a list on as it is',
  bridge: 'about the HTTP side of the server under test, which is that of the bridge: Sluice has none',
};

async function clientScenario(suite, name) {
  const program = here(suite === 'current' ? 'clients/conformance.mjs' : 'clients/conformance2.mjs');
  const command = `${process.execPath} ${program} ${bin}`;
  const run = conformance(suite, 'client', '--command', command, '--scenario', name, '--timeout', '60000');
  const end = await run.exit;
  const output = [...run.out, ...run.err].slice(-30).join('\n');
  if (name !== 'http-invalid-tool-headers') return assert.equal(end, 0, output);
  assert.match(output, /Passed: 1\/12, 11 failed/);
  return notes.invalidTools;
}

async function conformanceOfClients() {
  for (const [suite, names] of Object.entries(clientScenarios)) {
    const what = suite === 'current' ? 'client suite' : 'client suite, 0.2.0-alpha.12';
    for (const name of names) await check('conformance', `${what}: ${name}`, () => clientScenario(suite, name));
  }
  if ('conformance  client suite'.includes(only)) table.set('client suite: auth/*', 'conformance', 'n.a.', notes.auth);
}

// The suite wants the URL of a server: suite, bridge, sluicectl, sluice, server.
async function serverSuite(sluice) {
  const shim = [`${bin}/sluicectl`, 'mcp-stdio', '--address', sluice.address];
  const bridge = await startProgram('bridge', [process.execPath, here('servers/bridge.mjs'), ...shim]);
  const run = conformance('current', 'server', '--url', bridge.url, '--suite', 'all');
  await within(10 * caseLimit, 'the end of the suite', run.exit);
  await bridge.stop(); // the suite leaves its sessions open
  const summary = run.out.slice(run.out.findIndex((line) => line.includes('=== SUMMARY ===')));
  const results = summary.map((line) => /^. ([a-z0-9-]+): (\d+) passed, (\d+) failed/.exec(line)).filter(Boolean);
  assert.ok(results.length > 0, [...run.out, ...run.err].slice(-30).join('\n'));
  return { run, results };
}

async function conformanceOfServers() {
  if (!'conformance  server suite'.includes(only)) return;
  const scene = withScene('conformance', async (_, sluice) => {
    const { run, results } = await serverSuite(sluice);
    for (const [, name, good, bad] of results) {
      const row = `server suite: ${name}`;
      if (/^(server-sse|dns-rebinding)/.test(name)) {
        table.set(row, 'conformance', 'n.a.', notes.bridge);
      } else {
        await check('conformance', row, () => {
          assert.ok(Number(good) > 0 && Number(bad) === 0, run.out.filter((line) => /FAILURE|rror/.test(line)).join('\n'));
          return Promise.resolve();
        });
      }
    }
  });
  await scene.catch((error) => check('conformance', 'server suite', () => Promise.reject(error)));
}

for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

for (const [clientName, { eras }] of Object.entries(clients)) {
  for (const [serverName, { era }] of Object.entries(servers)) {
    if (eras.includes(era)) await runPairing(clientName, serverName);
  }
}
await runOurs();
await conformanceOfClients();
await conformanceOfServers();
console.log(`\n${table}`);
if (option === '--write') {
  storeTable(readme, table);
} else if (!option && storedTable(readme) !== String(table).trim()) {
  failed += 1;
  console.log(`FAIL  ${readme} has another table: run tests/interop/mcp.sh --write, and read what changed`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
