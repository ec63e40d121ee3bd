// A TCP relay in front of a server, whose connections can be cut.
import net from 'node:net';

export async function startRelay(url) {
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  const join = (from, to) => {
    from.on('data', (bytes) => to.write(bytes));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
    sockets.add(from);
  };
  const relay = net.createServer({ allowHalfOpen: true }, (client) => {
    const server = net.connect({ host: hostname, port, allowHalfOpen: true });
    join(client, server);
    join(server, client);
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    url: url.replace(`//${hostname}:${port}`, `//127.0.0.1:${relay.address().port}`),
    // Every connection is reset, as when a machine in between goes down.
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close: () => {
      relay.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
