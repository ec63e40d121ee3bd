// The SDKs: how their halves are started, and by which class each tells an error. The matrix of A2A 1.0 takes "js" and
// "py"; "as 0.3" is the same SDK with what it has for peers of 0.3, and "0.3" is the SDK's last version before 1.0.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.INTEROP_PYTHON;
const pythonV03 = process.env.INTEROP_PYTHON_V03;
const goPrograms = process.env.INTEROP_GO;

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
  'js as 0.3': {
    name: '@a2a-js/sdk',
    version: '0.3',
    agent: [process.execPath, here('a2a_js/agent.mjs')],
    kind: 'legacy',
    client: [process.execPath, here('a2a_js/client.mjs'), '0.3'],
    rawFiles: true,
    classes: 'js',
    anyError: 'A2AError',
    cancelled: 'A2AError',
  },
  'js 0.3': {
    name: '@a2a-js/sdk 0.3',
    version: '0.3',
    client: [process.execPath, here('a2a_js_v03/client.mjs')],
    json: '0.3',
    rawFiles: true,
    classFor: (error, rpc) =>
      error === 'TaskNotFoundError' || (error === 'TaskNotCancelableError' && rpc === 'CancelTask') ? error : 'Error',
    codeOfClass: '', // its own errors keep no gRPC code
    anyError: 'Error',
    cancelled: 'Error',
  },
  'py as 0.3': {
    name: 'a2a-sdk',
    version: '0.3',
    agent: [python, here('a2a_python/agent.py')],
    kind: 'legacy',
    client: [python, here('a2a_python/client.py'), '0.3'],
    classes: 'py',
    anyError: 'A2AClientError',
    cancelled: 'CancelledError',
  },
  'py 0.3': {
    name: 'a2a-sdk 0.3',
    version: '0.3',
    agent: [pythonV03, here('a2a_python_v03/agent.py')],
    client: [pythonV03, here('a2a_python_v03/client.py')],
    json: '0.3',
    lacksPushList: true,
    classFor: () => 'AioRpcError',
    anyError: 'AioRpcError',
    cancelled: 'CancelledError',
  },
  go: {
    name: 'a2a-go v2',
    client: [`${goPrograms}/client_v1`],
    named: goName,
    codeOfClass: '',
    cancelled: 'Canceled',
  },
  'go 0.3': {
    name: 'a2a-go 0.3',
    version: '0.3',
    client: [`${goPrograms}/client_v03`],
    json: '0.3',
    named: goName,
    classFor: (error) => goByCode[codeOf('go 0.3', error)],
    codeOfClass: '',
    cancelled: 'Canceled',
  },
};

// The errors of a2a-go are values, and these keep no gRPC code.
function goName(error) {
  return `Err${error.replace(/Error$/, '')}`;
}

// What a2a-go 0.3 takes a gRPC code for.
const goByCode = {
  NOT_FOUND: 'ErrTaskNotFound',
  FAILED_PRECONDITION: 'ErrTaskNotCancelable',
  UNIMPLEMENTED: 'ErrUnsupportedOperation',
  INVALID_ARGUMENT: 'ErrInvalidParams',
  INTERNAL: 'ErrInternalError',
};

// Every error of A2A 1.0 ("Error Code Mappings") and of JSON-RPC 2.0 (section 5.1), with the gRPC code that it must
// arrive with, at a client of 0.3 too unless that has another. A class is named like the error; where an SDK has it under another name, or not at all (null), it says so.
export const errors = {
  TaskNotFoundError: { rpc: -32001, code: 'NOT_FOUND' },
  TaskNotCancelableError: { rpc: -32002, code: 'FAILED_PRECONDITION' },
  PushNotificationNotSupportedError: { rpc: -32003, code: 'FAILED_PRECONDITION', codeV03: 'UNIMPLEMENTED' },
  UnsupportedOperationError: { rpc: -32004, code: 'FAILED_PRECONDITION', codeV03: 'UNIMPLEMENTED' },
  ContentTypeNotSupportedError: { rpc: -32005, code: 'INVALID_ARGUMENT', go: 'ErrUnsupportedContentType' },
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
  'js 0.3':
    "@a2a-js/sdk 0.3's gRPC client tells an error by the code and the rpc alone (`mapToError`): most are a plain `Error`; the gRPC code and the name in its text are right",
  'py 0.3':
    "a2a-sdk 0.3's gRPC client has no class of its own for an error, it is gRPC's `AioRpcError`; the gRPC code and the name in its text are right",
  'go 0.3':
    'a2a-go 0.3 tells an error by the gRPC code alone (`FromGRPCError`): several share one; the name in its text is right',
};

// The class by which a client of this SDK must tell the error, the gRPC code that it keeps beside, and what the table
// says if the class is not the error's own.
export function classOf(sdk, error, rpc) {
  const { classes = sdk, named = (name) => name, classFor, anyError, codeOfClass } = sdks[sdk];
  const { [classes]: own = named(error) } = errors[error];
  const name = classFor?.(error, rpc) ?? own ?? anyError;
  const code = name === anyError ? undefined : codeOfClass;
  return { name, code: code ?? codeOf(sdk, error), note: name === own ? undefined : noClass[classes] };
}

export function codeOf(sdk, error) {
  const { code, codeV03 = code } = errors[error];
  return sdks[sdk].version === '0.3' ? codeV03 : code;
}
