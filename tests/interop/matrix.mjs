// Sluice between two SDKs that this project did not write, as agents behind and as gRPC clients before it: every case
// for each pairing, then the table of them. The last line is "N passed, M failed".
//   node matrix.mjs SLUICE README            fails when the table is not the one in README
//   node matrix.mjs SLUICE README --write    writes it there
//   node matrix.mjs SLUICE README --only X   runs the cases whose line contains X, and compares nothing
import { directCases } from './cases/direct.mjs';
import { errorCases } from './cases/errors.mjs';
import { manyCases } from './cases/many.mjs';
import { messageCases } from './cases/messages.mjs';
import { taskCases } from './cases/tasks.mjs';
import { Child, within } from './child.mjs';
import { Scene } from './scene.mjs';
import { storedTable, storeTable, Table } from './table.mjs';

const caseLimit = 20_000;
const sdks = ['js', 'py'];

const [program, readme, option, only = ''] = process.argv.slice(2);
const cases = Object.entries({ ...messageCases, ...taskCases, ...errorCases, ...directCases, ...manyCases }).flatMap(
  ([group, bodies]) => Object.entries(bodies).map(([name, body]) => ({ row: `${group}: ${name}`, body })),
);
const table = new Table();
let passed = 0;
let failed = 0;

// Runs one case of one pairing: a line, and a cell. What a case gives back is why the table says "n.a.".
async function check(pairing, row, body) {
  const started = performance.now();
  try {
    const note = await within(caseLimit, 'the end of the case', body());
    passed += 1;
    table.set(row, pairing, note ? 'n.a.' : 'ok', note);
    console.log(`ok    ${pairing}  ${row} (${Math.round(performance.now() - started)} ms)${note ? '; n.a.' : ''}`);
  } catch (error) {
    failed += 1;
    table.set(row, pairing, 'FAIL');
    console.log(`FAIL  ${pairing}  ${row}`);
    console.log(String(error?.stack ?? error).replace(/^/gm, '      '));
  }
}

async function runPairing(client, agent) {
  const pairing = `${client} → ${agent}`;
  const chosen = cases.filter(({ row }) => `${pairing}  ${row}`.includes(only));
  if (chosen.length === 0) return;
  try {
    const scene = await Scene.start(program, client, agent);
    for (const { row, body } of chosen) await check(pairing, row, () => body(scene));
    await scene.stop();
  } catch (error) {
    await check(pairing, 'the programs start and stop', () => Promise.reject(error));
  } finally {
    await Child.killAll();
  }
}

// A gRPC client may obey these; everything here is on loopback.
for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

for (const client of sdks) {
  for (const agent of sdks) await runPairing(client, agent);
}
console.log(`\n${table}`);
if (option === '--write') {
  storeTable(readme, table);
} else if (!option && storedTable(readme) !== String(table).trim()) {
  failed += 1;
  console.log(`FAIL  ${readme} has another table: run tests/interop/run.sh --write, and read what changed`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
