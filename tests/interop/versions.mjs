// Sluice between SDKs of both A2A versions: what every pairing must be able to do, then the table of it. The last line is
// "N passed, M failed". Each agent runs once, behind a sluice of its own, which learns the agent's version from its card.
//   node versions.mjs SLUICE README            fails when the table is not the one in README
//   node versions.mjs SLUICE README --write    writes it there
//   node versions.mjs SLUICE README --only X   runs the cases whose line contains X, and compares nothing
import assert from 'node:assert/strict';

import { versionCases } from './cases/versions.mjs';
import { Child, eventually, within } from './child.mjs';
import { ClientProgram } from './client.mjs';
import { Scene, startAgent, startSluice } from './scene.mjs';
import { sdks } from './sdks.mjs';
import { storedTable, storeTable, Table } from './table.mjs';

const caseLimit = 20_000;
const tableName = 'versions';

const [program, readme, option, only = ''] = process.argv.slice(2);
const clients = Object.keys(sdks).filter((sdk) => sdks[sdk].client);
const agents = Object.keys(sdks).filter((sdk) => sdks[sdk].agent);
const table = new Table();
let passed = 0;
let failed = 0;

// Runs one case, prints a line, and gives what the table says of it.
async function check(who, name, body) {
  const started = performance.now();
  try {
    const note = await within(caseLimit, 'the end of the case', body());
    passed += 1;
    console.log(`ok    ${who}  ${name} (${Math.round(performance.now() - started)} ms)`);
    return ['ok', note];
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${who}  ${name}`);
    console.log(String(error?.stack ?? error).replace(/^/gm, '      '));
    return ['FAIL'];
  }
}

const chosen = (client, agent) =>
  Object.entries(versionCases).filter(([name]) => `${client} → ${agent}  ${name}`.includes(only));

async function behindSluice(agentSdk) {
  const agent = await startAgent(agentSdk, sdks[agentSdk].kind ?? 'full');
  const sluice = await startSluice(program, { agent: agent.url });
  // No call waits for the agent's card: until it is known, an agent is taken for one of 1.0.
  const card = `http://${sluice.http}/.well-known/agent-card.json`;
  await eventually('the card of the agent', async () => (await fetch(card)).ok);
  return { agentSdk, full: agent, sluice };
}

async function run() {
  const wanted = (sdk) => clients.some((client) => chosen(client, sdk).length > 0);
  const behind = await Promise.all(agents.filter(wanted).map(behindSluice));
  for (const clientSdk of clients) {
    const pairings = behind.filter(({ agentSdk }) => chosen(clientSdk, agentSdk).length > 0);
    if (pairings.length === 0) continue;
    const client = await ClientProgram.start(clientSdk);
    for (const parts of pairings) {
      const scene = Object.assign(new Scene(), parts, { client: client.to(parts.sluice.address) });
      for (const [name, body] of chosen(clientSdk, parts.agentSdk)) {
        const pairing = `${clientSdk} → ${parts.agentSdk}`;
        table.set(pairing, name, ...(await check(pairing, name, () => body(scene))));
      }
    }
    await client.stop();
  }
  for (const { agentSdk, sluice } of behind) {
    await check(`the sluice before ${agentSdk}`, 'ends with 0, its counters match', async () => {
      assert.equal(await sluice.stop(), 0, sluice.err.slice(-10).join('\n'));
    });
  }
}

// A gRPC client may obey these; everything here is on loopback.
for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

try {
  await run();
} catch (error) {
  await check('all', 'the programs start and stop', () => Promise.reject(error));
} finally {
  await Child.killAll();
}
console.log(`\n${table}`);
if (option === '--write') {
  storeTable(readme, table, tableName);
} else if (!option && storedTable(readme, tableName) !== String(table).trim()) {
  failed += 1;
  console.log(`FAIL  ${readme} has another table: run tests/interop/versions.sh --write, and read what changed`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
