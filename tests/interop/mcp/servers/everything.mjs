// @modelcontextprotocol/server-everything in its Streamable HTTP mode, unchanged but for the port.
import { redirectListening } from './words.mjs';

redirectListening();
await import('@modelcontextprotocol/server-everything/dist/transports/streamableHttp.js');
