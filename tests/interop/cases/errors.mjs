// Errors, which the SDK must recognise as its own classes.
import assert from 'node:assert/strict';

import { errors } from '../sdks.mjs';
import { at, fails, failsAs, failsSaying, saying, state } from '../words.mjs';

const cannotAnswer = {
  JSONParseError: {
    py: "a2a-sdk's server cannot answer it from an agent: `build_error_response` fails on it, which is an internal error",
  },
};

// Whatever an agent can answer, wherever in the answer it may stand.
function asked(error) {
  return async ({ client, agentSdk }) => {
    const cannot = cannotAnswer[error]?.[agentSdk];
    let note = cannot;
    const expect = async (call) => {
      await failsSaying(errors[error].code, cannot ? '' : `${error} as asked`, call);
      if (!cannot) note = await fails(client, error, call);
    };
    await expect(client.send(saying(`raise ${error}`)));
    await expect(client.stream(saying(`raise ${error}`)).rest());
    const stream = client.stream(saying(`raise-later ${error}`));
    await stream.next();
    await expect(stream.rest());
    return note;
  };
}

const everyError = Object.fromEntries(
  Object.entries(errors).map(([error, { rpc }]) => [
    `${error} (${rpc}): of a message, before a stream, within a stream`,
    asked(error),
  ]),
);

const unknown = { id: 'no-such-task' };

const itself = {
  'TaskNotFoundError: GetTask, CancelTask, SubscribeToTask, a follow-up': async ({ client }) => {
    const expect = (call) => fails(client, 'TaskNotFoundError', call);
    await expect(client.call('GetTask', unknown));
    await expect(client.call('CancelTask', unknown));
    await expect(client.collect('SubscribeToTask', unknown));
    await expect(client.send(saying('echo', { taskId: unknown.id })));
    await expect(client.stream(saying('echo', { taskId: unknown.id })).rest());
  },

  'TaskNotCancelableError: CancelTask of a completed task': async ({ client }) => {
    const { id } = await client.send(saying('echo'));
    await fails(client, 'TaskNotCancelableError', client.call('CancelTask', { id }));
  },

  'UnsupportedOperationError: following or continuing an ended task, streaming without the ability': async ({
    client,
  }) => {
    const expect = (call) => fails(client, 'UnsupportedOperationError', call);
    const { id } = await client.send(saying('echo'));
    await expect(client.collect('SubscribeToTask', { id }));
    await expect(client.send(saying('echo', { taskId: id })));
    await expect(client.stream(saying('echo', { taskId: id })).rest());
    await expect(client.stream(saying('echo'), at('plain')).rest());
  },

  'InvalidParamsError: a message without id, a page of a thousand, a task without id': async ({ client }) => {
    const expect = (call) => fails(client, 'InvalidParamsError', call);
    await expect(client.send(saying('echo', { messageId: '' })));
    await expect(client.stream(saying('echo', { messageId: '' })).rest());
    await expect(client.call('ListTasks', { pageSize: 1000 }));
    await expect(client.call('GetTask', { id: '' }));
  },

  'PushNotificationNotSupportedError: all four, from an agent without': async ({ client }) => {
    const expect = (rpc, request) =>
      fails(client, 'PushNotificationNotSupportedError', client.call(rpc, request, at('plain')));
    const id = { taskId: 'any', id: 'any' };
    await expect('CreateTaskPushNotificationConfig', { ...id, url: 'https://sluice.test/hook' });
    await expect('GetTaskPushNotificationConfig', id);
    await expect('ListTaskPushNotificationConfigs', { taskId: 'any' });
    await expect('DeleteTaskPushNotificationConfig', id);
  },

  'ExtendedAgentCardNotConfiguredError: an agent that says it has one': async ({ client }) => {
    const call = client.call('GetExtendedAgentCard', {}, at('strict'));
    await fails(client, 'ExtendedAgentCardNotConfiguredError', call);
  },

  'ExtensionSupportRequiredError, ContentTypeNotSupportedError: an agent that is strict': async ({ client }) => {
    await fails(client, 'ExtensionSupportRequiredError', client.send(saying('echo'), at('strict')));
    const parameters = { ...at('strict').parameters, 'A2A-Extensions': 'https://sluice.test/extensions/needed' };
    assert.equal(state(await client.send(saying('echo'), { parameters })), 'COMPLETED');
    const picture = saying('', { parts: [{ url: 'https://sluice.test/a.png', mediaType: 'image/png' }] });
    await fails(client, 'ContentTypeNotSupportedError', client.send(picture, { parameters }));
  },

  'InvalidAgentResponseError: an agent against the rules': async ({ client, agentSdk }) => {
    // What each SDK's server makes of it.
    const [sent, streamed] = {
      js: ['InternalError', 'UnsupportedOperationError'],
      py: ['InvalidAgentResponseError', 'InvalidAgentResponseError'],
    }[agentSdk];
    await fails(client, sent, client.send(saying('hasty')));
    await fails(client, streamed, client.stream(saying('hasty')).rest());
    const stream = client.stream(saying('confuse'));
    await stream.next();
    await fails(client, streamed, stream.rest());
    if (agentSdk === 'js') return `@a2a-js/sdk answers with ${sent} or ${streamed} when its agent breaks the rules`;
    return undefined;
  },

  'VersionNotSupportedError: a version from the future': async ({ client }) => {
    await fails(client, 'VersionNotSupportedError', client.call('GetTask', unknown, { version: '99.0' }));
  },

  'INTERNAL: what the agent calls an internal error, with its words': async ({ client }) => {
    const wrong = { parameters: { authorization: 'Bearer wrong' } };
    await failsSaying('INTERNAL', 'not you', client.send(saying('echo'), wrong));
    await failsSaying('INTERNAL', 'not you', client.stream(saying('echo'), wrong).rest());
  },

  'a program that throws': async ({ client, agentSdk }) => {
    const request = saying('throw');
    if (agentSdk === 'js') {
      assert.equal(state(await client.send(request)), 'FAILED', 'this SDK makes a failed task of it');
      return;
    }
    await failsSaying('INTERNAL', 'thrown as asked', client.send(request));
    await failsSaying('INTERNAL', 'thrown as asked', client.stream(saying('throw')).rest());
  },

  'RESOURCE_EXHAUSTED: a message larger than the agent takes (413)': async ({ client, agentSdk }) => {
    const large = 'x'.repeat(200_000);
    if (agentSdk === 'py') {
      assert.equal(state(await client.send(saying(large))), 'COMPLETED');
      return "a2a-sdk's server has no limit of its own: the message of 200 kB is taken";
    }
    const expect = (call) => failsAs(client.names.anyError, 'RESOURCE_EXHAUSTED', call);
    await expect(client.send(saying(large)));
    await expect(client.stream(saying(large)).rest());
    return undefined;
  },

  'UNAVAILABLE: an agent that is not there, one that dies while it streams': async ({ client, mortal }) => {
    const expect = (call) => failsAs(client.names.anyError, 'UNAVAILABLE', call);
    await expect(client.send(saying('echo'), at('gone')));
    await expect(client.stream(saying('echo'), at('gone')).rest());
    const stream = client.stream(saying('silent'), at('mortal'));
    await stream.next();
    await mortal.stop('SIGKILL');
    await expect(stream.rest());
  },
};

export const errorCases = { 'error asked for': everyError, error: itself };
