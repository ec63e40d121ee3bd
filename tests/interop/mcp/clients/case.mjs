// How a client program of these tests runs: `CLIENT CASE PROGRAM ARGUMENT...`, where PROGRAM is what it starts as its
// stdio server. It exits with 0 when the case passed.
import assert from 'node:assert/strict';

export const [, , name, command, ...args] = process.argv;
export const server = { command, args, stderr: 'inherit' };

export const wordsOf = (result) => result.content.map((part) => part.text).join('\n');

// The messages that come from here on. The SDKs for TypeScript hand a notification to its handler a turn later than a
// response, so a last progress that comes in one piece with the result reaches no handler: order is seen here.
export function received(client) {
  const messages = [];
  const deliver = client.transport.onmessage;
  client.transport.onmessage = (message, extra) => {
    messages.push(message);
    deliver(message, extra);
  };
  return messages;
}

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
