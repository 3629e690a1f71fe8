/** The simulator's WCS, whose clients a check makes as it needs them. */
import { createConfigAwareWcs } from '../../simulator/config-aware-wcs.ts';
import { createRandom } from '../../simulator/random.ts';
import {
  connects,
  createClient,
  createNodeId,
  ends,
  keepAlives,
  starts,
  type Client,
} from '../../simulator/sessions.ts';
import { createWcs, type Answer, type Hook } from '../../simulator/wcs.ts';

export interface Wanted {
  readonly name: string;
  readonly published?: boolean;
  readonly token?: string;
}

/** @param url of the hooks */
export function createClients(url: string, seed = 1) {
  const random = createRandom(seed);
  const sender = createWcs({ url, timeout: 15_000, connections: 16 });
  const wcs = createConfigAwareWcs({ wcs: sender });
  const nodeId = createNodeId(random);

  async function send(hooks: readonly Hook[]): Promise<(Answer | undefined)[]> {
    const answers = [];
    for (const hook of hooks) answers.push(await wcs.send(hook));
    return answers;
  }

  return {
    client: ({ name, published = true, token }: Wanted): Client =>
      createClient(random, { name, published, nodeId, token }),
    /** @returns the status of the answer to `connect`, and of the one to the start of the stream */
    async start(client: Client): Promise<{ connect: unknown; start: unknown }> {
      const [connect] = await send(connects(client));
      const [start] = await send(starts(client));
      return { connect: connect?.status, start: start?.status };
    },
    /** Sends hooks as they are, of a connection that exists. */
    send,
    keepAlive: (client: Client) => send(keepAlives(client, 1)),
    end: (client: Client) => send(ends(client)),
    /** What WCS made of the answers. */
    stateOf: ({ mediaSessionId }: Client) => wcs.streams.get(mediaSessionId)?.state,
    close: () => sender.close(),
  };
}
export type Clients = ReturnType<typeof createClients>;
