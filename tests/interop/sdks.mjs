// The two SDKs: how their halves are started, and by which class each tells an error.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.INTEROP_PYTHON;

export const sdks = {
  js: {
    name: '@a2a-js/sdk',
    agent: [process.execPath, here('a2a_js/agent.mjs')],
    client: [process.execPath, here('a2a_js/client.mjs')],
    // What stands for any gRPC error that has no class of its own.
    anyError: 'A2AError',
    timeout: 'A2AError',
    cancelled: 'A2AError',
  },
  py: {
    name: 'a2a-sdk',
    agent: [python, here('a2a_python/agent.py')],
    client: [python, here('a2a_python/client.py')],
    anyError: 'A2AClientError',
    timeout: 'A2AClientTimeoutError',
    cancelled: 'CancelledError',
  },
};

// Every error of A2A 1.0 ("Error Code Mappings") and of JSON-RPC 2.0 (section 5.1), with the gRPC code that it must
// arrive with. A class is named like the error; where an SDK has it under another name, or not at all (null), it says so.
export const errors = {
  TaskNotFoundError: { rpc: -32001, code: 'NOT_FOUND' },
  TaskNotCancelableError: { rpc: -32002, code: 'FAILED_PRECONDITION' },
  PushNotificationNotSupportedError: { rpc: -32003, code: 'FAILED_PRECONDITION' },
  UnsupportedOperationError: { rpc: -32004, code: 'FAILED_PRECONDITION' },
  ContentTypeNotSupportedError: { rpc: -32005, code: 'INVALID_ARGUMENT' },
  InvalidAgentResponseError: { rpc: -32006, code: 'INTERNAL' },
  ExtendedAgentCardNotConfiguredError: { rpc: -32007, code: 'FAILED_PRECONDITION' },
  ExtensionSupportRequiredError: { rpc: -32008, code: 'FAILED_PRECONDITION' },
  VersionNotSupportedError: { rpc: -32009, code: 'FAILED_PRECONDITION' },
  InvalidParamsError: { rpc: -32602, code: 'INVALID_ARGUMENT', js: 'RequestMalformedError' },
  InvalidRequestError: { rpc: -32600, code: 'INVALID_ARGUMENT', js: null },
  MethodNotFoundError: { rpc: -32601, code: 'UNIMPLEMENTED', js: null },
  InternalError: { rpc: -32603, code: 'INTERNAL', js: null },
  JSONParseError: { rpc: -32700, code: 'INTERNAL', js: null, py: null },
};

const noClass = {
  js: '@a2a-js/sdk has no class for it: `errors/base.ts` lists ten reasons, any other becomes `A2AError`; the gRPC code is right',
  py: 'a2a-sdk maps no reason to it: `A2A_ERROR_MAPPING` in `a2a/utils/errors.py` leaves it out, so it becomes `A2AClientError`; the gRPC code is right',
};

// The class by which a client of this SDK must tell the error, and what the table says if that is not one of its own.
export function classOf(sdk, error) {
  const own = errors[error][sdk];
  if (own === null) return { name: sdks[sdk].anyError, note: noClass[sdk] };
  return { name: own ?? error };
}
