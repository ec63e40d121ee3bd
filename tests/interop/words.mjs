// The words that the cases are written in: requests, and what came back in short.
import assert from 'node:assert/strict';

import { SendMessageRequest, TaskState } from '@a2a-js/sdk';

export const at = (upstream) => ({ serviceParameters: { 'sluice-upstream': upstream } });

export function saying(text, { parts, ...more } = {}, configuration = undefined) {
  const message = { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: parts ?? [{ text }], ...more };
  return SendMessageRequest.fromJSON({ message, configuration });
}

export const state = (task) => TaskState[task.status.state].replace('TASK_STATE_', '');
export const texts = (artifacts) => artifacts.flatMap((artifact) => artifact.parts.map((part) => part.content.value));
export const chunks = (count) => Array.from({ length: count }, (_, index) => `chunk ${index + 1}`);

export async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event.payload);
  return events;
}

// What a stream said, in short: task WORKING, chunk 1, COMPLETED.
export function told(events) {
  return events.map(({ $case, value }) => {
    if ($case === 'task') return `task ${state(value)}`;
    if ($case === 'statusUpdate') return state(value);
    if ($case === 'artifactUpdate') return texts([value.artifact]).join(' ');
    return `message ${texts([value]).join(' ')}`;
  });
}

export async function next(stream) {
  const { value, done } = await stream.next();
  assert.equal(done, false, 'the stream went on');
  return value.payload;
}

export async function fails(ErrorClass, code, call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ErrorClass, `${ErrorClass.name} was expected: ${error?.stack}`);
    assert.equal(error.status, code, `gRPC code of ${error}`);
    return true;
  });
}

export const streamFails = (ErrorClass, code, stream) => fails(ErrorClass, code, () => collect(stream));
