// A2A 0.3 as JSON and back into the words that the cases are written in, for client programs that speak 0.3 themselves.
// Only what the cases say.

const state = (name) => (name === 'unknown' ? 'TASK_STATE_UNSPECIFIED' : `TASK_STATE_${upper(name)}`);
const upper = (name) => name.toUpperCase().replaceAll('-', '_');
const whole = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function partTo({ text, raw, url, data, filename: name, mediaType: mimeType, metadata }) {
  if (text !== undefined) return whole({ kind: 'text', text, metadata });
  if (data !== undefined) return whole({ kind: 'data', data, metadata });
  return whole({ kind: 'file', file: whole({ bytes: raw, uri: url, name, mimeType }), metadata });
}

function partFrom({ kind, text, file, data, metadata }) {
  if (kind === 'text') return whole({ text, metadata });
  if (kind === 'data') return whole({ data, metadata });
  const { bytes: raw, uri: url, name, mimeType } = file;
  return whole({ raw, url, filename: name || undefined, mediaType: mimeType || undefined, metadata });
}

const messageTo = ({ role, parts, ...more }) => ({
  kind: 'message',
  role: role === 'ROLE_USER' ? 'user' : 'agent',
  parts: parts.map(partTo),
  ...more,
});
const messageFrom = ({ kind: _, role, parts, ...more }) => ({
  role: `ROLE_${upper(role)}`,
  parts: parts.map(partFrom),
  ...more,
});

const sendTo = ({ message, configuration: { returnImmediately = false, ...more } = {} }) => ({
  message: messageTo(message),
  configuration: { ...more, blocking: !returnImmediately },
});

const statusFrom = ({ state: name, message, timestamp }) =>
  whole({ state: state(name), message: message && messageFrom(message), timestamp });
const artifactFrom = ({ parts, ...more }) => ({ parts: parts.map(partFrom), ...more });
const taskFrom = ({ kind: _, status, artifacts, history, ...more }) =>
  whole({
    ...more,
    status: statusFrom(status),
    artifacts: artifacts?.map(artifactFrom),
    history: history?.map(messageFrom),
  });

// A result or an event, told by its kind.
function eventFrom(event) {
  const { kind, status, artifact, ...more } = event;
  if (kind === 'task') return { task: taskFrom(event) };
  if (kind === 'message') return { message: messageFrom(event) };
  if (kind === 'status-update') return { statusUpdate: { ...more, status: statusFrom(status) } };
  return { artifactUpdate: { ...more, artifact: artifactFrom(artifact) } };
}

const pushConfigTo = ({ taskId, authentication: { scheme, credentials }, ...more }) => ({
  taskId,
  pushNotificationConfig: { ...more, authentication: { schemes: [scheme], credentials } },
});
const pushConfigFrom = ({ taskId, pushNotificationConfig: { authentication, ...more } }) => ({
  taskId,
  ...more,
  authentication: { scheme: authentication.schemes[0], credentials: authentication.credentials },
});
const pushConfigNameTo = ({ taskId: id, id: pushNotificationConfigId }) => whole({ id, pushNotificationConfigId });

const same = (value) => value;

// Per rpc: its request in 0.3, its answers out of 0.3.
const rpcs = {
  SendMessage: [sendTo, eventFrom],
  SendStreamingMessage: [sendTo, eventFrom],
  GetTask: [same, taskFrom],
  CancelTask: [same, taskFrom],
  SubscribeToTask: [same, eventFrom],
  CreateTaskPushNotificationConfig: [pushConfigTo, pushConfigFrom],
  GetTaskPushNotificationConfig: [pushConfigNameTo, pushConfigFrom],
  ListTaskPushNotificationConfigs: [pushConfigNameTo, (configs) => ({ configs: configs.map(pushConfigFrom) })],
  DeleteTaskPushNotificationConfig: [pushConfigNameTo, same],
};

export const requestTo = (rpc, request) => rpcs[rpc][0](request);
export const answerFrom = (rpc, answer) => rpcs[rpc][1](answer);
