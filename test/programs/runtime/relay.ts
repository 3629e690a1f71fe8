/** Passes connections on, and loses them: what happens to a container's connections while it is frozen. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export async function startRelay(endpoint: string) {
  const { hostname, port } = new URL(endpoint);
  const open = new Set<readonly [Socket, Socket]>();
  const inners = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(Number(port), hostname);
    const pair = [inner, outer] as const;
    open.add(pair);
    inners.add(inner);
    for (const socket of pair) socket.on('error', () => {}).on('close', () => open.delete(pair));
    inner.pipe(outer).pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** `end`: both sides hear of it. `silence`: as a gateway between them that has forgotten the connection, nobody does. */
  function lose(how: 'end' | 'silence'): number {
    const pairs = [...open];
    for (const [inner, outer] of pairs) {
      if (how === 'silence') inner.unpipe(outer).pause();
      else inner.destroy();
      outer.destroy();
    }
    return pairs.length;
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Loses all connections. @returns how many there were */
    lose,
    close() {
      for (const inner of inners) inner.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
