// What a client under test begins and ends with: a sluice before the suite's server, and the stdio server that reaches it.
import { Child, startLimit } from '../child.mjs';

const [, , bin, url] = process.argv;
export const scenario = process.env.MCP_CONFORMANCE_SCENARIO;
export const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

const flags = ['--listen=127.0.0.1:0', '--http-listen=127.0.0.1:0', '--lame-duck=0s', `--upstream=suite=mcp+${url}`];
const sluice = new Child('sluice', `${bin}/sluice`, flags);
const address = await sluice.line('its addresses', (line) => /^sluice: serving grpc=(\S+) /.exec(line)?.[1], {
  limit: startLimit,
});

export const shim = { command: `${bin}/sluicectl`, args: ['mcp-stdio', '--address', address], stderr: 'inherit' };
export const endSluice = () => sluice.stop();
