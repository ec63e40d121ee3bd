// How a client program of these tests runs: `CLIENT CASE PROGRAM ARGUMENT...`, where PROGRAM is what it starts as its
// stdio server. It exits with 0 when the case passed.
import assert from 'node:assert/strict';

export const [, , name, command, ...args] = process.argv;
export const server = { command, args, stderr: 'inherit' };

export const wordsOf = (result) => result.content.map((part) => part.text).join('\n');

// Resolves with what it is called with; `count` calls are waited for.
export function waiter(count = 1) {
  const seen = [];
  let finish;
  const all = new Promise((resolve) => {
    finish = resolve;
  });
  const take = (value) => {
    seen.push(value);
    if (seen.length === count) finish(seen);
  };
  return { take, all };
}

export async function run(cases) {
  assert.ok(cases[name], `there is no case ${name}`);
  await cases[name]();
}
