// Errors, which the SDK must recognise as its own classes.
import assert from 'node:assert/strict';

import {
  CancelTaskRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTasksRequest,
  SubscribeToTaskRequest,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import * as errors from '@a2a-js/sdk/errors';
import { status as grpcStatus } from '@grpc/grpc-js';

import { at, collect, fails, next, saying, state } from './words.mjs';

export async function errorCases(runner, scene) {
  const unknown = { id: 'no-such-task' };

  await runner.check('TaskNotFoundError: GetTask, CancelTask, SubscribeToTask, a follow-up', async () => {
    const expect = (call) => fails(errors.TaskNotFoundError, grpcStatus.NOT_FOUND, call);
    await expect(scene.getTask(unknown.id));
    await expect(scene.client.cancelTask(CancelTaskRequest.fromJSON(unknown)));
    await expect(collect(scene.client.resubscribeTask(SubscribeToTaskRequest.fromJSON(unknown))));
    await expect(scene.client.sendMessage(saying('echo', { taskId: unknown.id })));
    await expect(collect(scene.client.sendMessageStream(saying('echo', { taskId: unknown.id }))));
  });

  await runner.check('TaskNotCancelableError: CancelTask of a completed task', async () => {
    const { id } = await scene.client.sendMessage(saying('echo'));
    await fails(
      errors.TaskNotCancelableError,
      grpcStatus.FAILED_PRECONDITION,
      scene.client.cancelTask(CancelTaskRequest.fromJSON({ id })),
    );
  });

  await runner.check(
    'UnsupportedOperationError: following or continuing an ended task, streaming without the ability',
    async () => {
      const expect = (call) => fails(errors.UnsupportedOperationError, grpcStatus.FAILED_PRECONDITION, call);
      const { id } = await scene.client.sendMessage(saying('echo'));
      await expect(scene.client.sendMessage(saying('echo', { taskId: id })));
      await expect(collect(scene.client.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id }))));
      await expect(collect(scene.client.sendMessageStream(saying('echo'), at('plain'))));
    },
  );

  await runner.check('RequestMalformedError: a message without id, a page of a thousand', async () => {
    const expect = (call) => fails(errors.RequestMalformedError, grpcStatus.INVALID_ARGUMENT, call);
    await expect(scene.client.sendMessage(saying('echo', { messageId: '' })));
    await expect(collect(scene.client.sendMessageStream(saying('echo', { messageId: '' }))));
    await expect(scene.client.listTasks(ListTasksRequest.fromJSON({ pageSize: 1000 })));
    await expect(scene.getTask(''));
  });

  await runner.check('PushNotificationNotSupportedError: all four, from an agent without', async () => {
    const expect = (call) => fails(errors.PushNotificationNotSupportedError, grpcStatus.FAILED_PRECONDITION, call);
    const id = { taskId: 'any', id: 'any' };
    const config = TaskPushNotificationConfig.fromJSON({ ...id, url: 'https://sluice.test/hook' });
    await expect(scene.client.createTaskPushNotificationConfig(config, at('plain')));
    await expect(
      scene.client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(id), at('plain')),
    );
    await expect(
      scene.client.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON(id), at('plain')),
    );
    await expect(
      scene.client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(id), at('plain')),
    );
  });

  await runner.check(
    'ExtendedAgentCardNotConfiguredError, ExtensionSupportRequiredError, ContentTypeNotSupportedError',
    async () => {
      await fails(
        errors.ExtendedAgentCardNotConfiguredError,
        grpcStatus.FAILED_PRECONDITION,
        scene.client.getAgentCard(at('strict')),
      );
      await fails(
        errors.ExtensionSupportRequiredError,
        grpcStatus.FAILED_PRECONDITION,
        scene.client.sendMessage(saying('echo'), at('strict')),
      );
      const extension = {
        serviceParameters: {
          ...at('strict').serviceParameters,
          'A2A-Extensions': 'https://sluice.test/extensions/needed',
        },
      };
      assert.equal(state(await scene.client.sendMessage(saying('echo'), extension)), 'COMPLETED');
      const picture = saying('', { parts: [{ url: 'https://sluice.test/a.png', mediaType: 'image/png' }] });
      await fails(
        errors.ContentTypeNotSupportedError,
        grpcStatus.INVALID_ARGUMENT,
        scene.client.sendMessage(picture, extension),
      );
    },
  );

  await runner.check('VersionNotSupportedError: a version from the future', async () => {
    const future = { serviceParameters: { 'A2A-Version': '99.0' } };
    await fails(
      errors.VersionNotSupportedError,
      grpcStatus.FAILED_PRECONDITION,
      scene.transport.getTask(unknown, future),
    );
  });

  await runner.check('INTERNAL: what the agent calls an internal error, with its words, also as HTTP 500', async () => {
    const expect = (words, call) =>
      assert.rejects(call, (error) => error.status === grpcStatus.INTERNAL && error.message.endsWith(words));
    const wrong = { serviceParameters: { authorization: 'Bearer wrong' } };
    await expect('finished without a result, and no task context found.', scene.client.sendMessage(saying('hasty')));
    await expect('not you', scene.client.sendMessage(saying('echo'), wrong));
    await expect('not you', collect(scene.client.sendMessageStream(saying('echo'), wrong)));
  });

  await runner.check('RESOURCE_EXHAUSTED: a message larger than the agent takes (413)', async () => {
    const expect = (call) => fails(errors.A2AError, grpcStatus.RESOURCE_EXHAUSTED, call);
    const large = 'x'.repeat(200_000);
    await expect(scene.client.sendMessage(saying(large)));
    await expect(collect(scene.client.sendMessageStream(saying(large))));
  });

  await runner.check('UNAVAILABLE: an agent that is not there, one that dies while it streams', async () => {
    const expect = (call) => fails(errors.A2AError, grpcStatus.UNAVAILABLE, call);
    await expect(scene.client.sendMessage(saying('echo'), at('gone')));
    await expect(collect(scene.client.sendMessageStream(saying('echo'), at('gone'))));
    const stream = scene.client.sendMessageStream(saying('silent'), at('mortal'));
    await next(stream);
    await scene.mortal.stop('SIGKILL');
    await expect(collect(stream));
  });
}
