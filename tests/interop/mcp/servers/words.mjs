// What a server of these tests says on stdout, for ../matrix.mjs: JSON objects, one a line.
import http from 'node:http';

// Other software that talks on stdout is moved to stderr.
const say = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

export const tell = (event) => say(`${JSON.stringify(event)}\n`);

export function watch(server) {
  server.on('request', (request) => tell({ event: 'request', method: request.method }));
  server.on('listening', () => tell({ event: 'serving', url: `http://127.0.0.1:${server.address().port}/mcp` }));
  return server;
}

// Listens where the system has room, whatever a program that cannot be told so asks for.
export function redirectListening() {
  const listen = http.Server.prototype.listen;
  http.Server.prototype.listen = function listenAnywhere() {
    return listen.call(watch(this), 0, '127.0.0.1');
  };
}
