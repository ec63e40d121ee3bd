// The words that the cases are written in: requests and answers as ProtoJSON, and what came back in short.
import assert from 'node:assert/strict';

import { classOf } from './sdks.mjs';

export const at = (upstream) => ({ parameters: { 'sluice-upstream': upstream } });

export function saying(text, { parts, ...more } = {}, configuration = undefined) {
  const message = { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: parts ?? [{ text }], ...more };
  return configuration ? { message, configuration } : { message };
}

export const state = (task) => task.status.state.replace('TASK_STATE_', '');
export const texts = (artifacts = []) => artifacts.flatMap(({ parts = [] }) => parts.map(({ text }) => text));
export const chunks = (count) => Array.from({ length: count }, (_, index) => `chunk ${index + 1}`);

// What a stream said, in short: task WORKING, chunk 1, COMPLETED.
export function told(events) {
  return events.map(({ task, statusUpdate, artifactUpdate, message }) => {
    if (task) return `task ${state(task)}`;
    if (statusUpdate) return state(statusUpdate);
    if (artifactUpdate) return texts([artifactUpdate.artifact]).join(' ');
    return `message ${texts([message]).join(' ')}`;
  });
}

// The call fails with an error of A2A or JSON-RPC, told by the client's own class and the right gRPC code. Gives what
// the table has to say beside that, if anything.
export async function fails(client, error, call, rpc = undefined) {
  const { name, code, note } = classOf(client.sdk, error, rpc);
  await failsAs(name, code, call);
  return note;
}

export const failsAs = (name, code, call) =>
  assert.rejects(call, (error) => {
    assert.deepEqual([error.name, error.code], [name, code], error.stack);
    return true;
  });

// The call that the client gave up ends as its SDK says so.
export const isCancelled = (client, call) => failsAs(client.names.cancelled, 'CANCELLED', call);

export const failsSaying = (code, words, call) =>
  assert.rejects(call, (error) => {
    assert.equal(error.code, code, error.stack);
    assert.ok(error.message.includes(words), `"${words}" was expected: ${error.stack}`);
    return true;
  });
