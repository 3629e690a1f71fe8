/** What a WCS tells of one client, from its connection to its end. */
import type { Random } from './random.ts';
import type { Fields, Hook } from './wcs.ts';

/** A client and its connection. */
export interface Connected {
  readonly sessionId: string;
  readonly nodeId: string;
  /** What the client's page gives to `Flashphoner.createSession`, as `custom.token`; `null`: nothing. */
  readonly token?: string | null | undefined;
  /** Of the client's page. */
  readonly origin?: string | undefined;
  /** The SIP account that the page gives to `createSession`; none of a client that only streams. */
  readonly account?: Fields | undefined;
}

export interface Client extends Connected {
  readonly mediaSessionId: string;
  readonly name: string;
  /** true: publishes, false: plays. */
  readonly published: boolean;
}

const APP_KEY = 'defaultApp';
const SOME_TOKEN = 'a-token-of-the-user';

export function createClient(
  random: Random,
  { name, published, ...connected }: Omit<Client, 'sessionId' | 'mediaSessionId'>,
): Client {
  return {
    ...createConnected(random, connected),
    mediaSessionId: random.uuid(random.of([1, 4])),
    name,
    published,
  };
}

export function createConnected(
  random: Random,
  { nodeId, token = SOME_TOKEN, origin, account }: Omit<Connected, 'sessionId'>,
): Connected {
  const address = `/203.0.113.${random.between(1, 254)}:${random.between(1024, 65535)}/192.0.2.1:8443`;
  const sessionId = random.of([address, `${address}-${random.uuid(4)}`, random.uuid(4)]);
  return { sessionId, nodeId, token, origin, account };
}

export const createNodeId = (random: Random) =>
  `${random.uuid(4).replaceAll('-', '')}@192.0.2.${random.between(1, 254)}`;

export const hookOf = ({ nodeId, sessionId }: Connected, method: string, fields: object): Hook => ({
  method,
  body: JSON.stringify({ nodeId, appKey: APP_KEY, sessionId, ...fields }),
});

/** With the account, which WCS keeps with the connection. */
export const sessionHook = (client: Connected, method: string, fields: object): Hook =>
  hookOf(client, method, { ...client.account, ...fields });

/** A hook whose subject is the client's stream, with the stream object of a WCS 5.2. */
export const streamHook = (client: Client, method: string, status: string, fields: object = {}): Hook =>
  hookOf(client, method, {
    mediaSessionId: client.mediaSessionId,
    name: client.name,
    published: client.published,
    hasVideo: true,
    hasAudio: true,
    status,
    sdp: SDP,
    audioCodec: 'opus',
    videoCodec: 'H264',
    record: false,
    width: 1280,
    height: 720,
    bitrate: 0,
    minBitrate: 0,
    maxBitrate: 0,
    quality: 0,
    history: false,
    gop: 0,
    fps: 0,
    audioBitrate: 0,
    codecImpl: '',
    transport: 'UDP',
    cvoExtension: false,
    createDate: 1_664_260_776_957,
    mediaType: client.published ? 'publish' : 'play',
    audioState: { muted: false },
    videoState: { muted: false },
    mediaProvider: 'WebRTC',
    ...fields,
  });

export const connects = (client: Connected): [connect: Hook, established: Hook] => [
  sessionHook(client, 'connect', {
    useWsTunnel: false,
    useWsTunnelPacketization2: false,
    useBase64BinaryEncoding: false,
    mediaProviders: ['WebRTC', 'WSPlayer'],
    clientVersion: '2.0.220',
    clientOSVersion: '5.0 (X11)',
    clientBrowserVersion: 'Mozilla/5.0 (X11; Linux x86_64)',
    origin: client.origin,
    custom: client.token === null ? {} : { token: client.token },
  }),
  sessionHook(client, 'ConnectionStatusEvent', { status: 'ESTABLISHED' }),
];

export const starts = (client: Client): [start: Hook, started: Hook] => [
  streamHook(client, client.published ? 'publishStream' : 'playStream', 'PENDING'),
  streamHook(client, 'StreamStatusEvent', statusOf(client)),
];

export const keepAlives = (client: Client, count: number): Hook[] =>
  Array.from({ length: count }, () => streamHook(client, 'StreamKeepAliveEvent', statusOf(client)));

export const ends = (client: Client): [end: Hook, ended: Hook, disconnected: Hook] => [
  streamHook(client, client.published ? 'unPublishStream' : 'stopStream', statusOf(client)),
  streamHook(client, 'StreamStatusEvent', client.published ? 'UNPUBLISHED' : 'STOPPED', { info: 'Stopped by user' }),
  disconnects(client),
];

export const disconnects = (client: Connected) =>
  sessionHook(client, 'ConnectionStatusEvent', { status: 'DISCONNECTED' });

export const statusOf = ({ published }: Client) => (published ? 'PUBLISHING' : 'PLAYING');

/** As large as a browser's offer, 3.2 KB: what `restExclude` keeps away, and what a backend must bear without it. */
export const SDP = [
  'v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n',
  ...Array.from(
    { length: 38 },
    (_, n) => `a=candidate:${n} 1 udp 2122260223 203.0.113.${n} ${50_000 + n} typ host generation 0 ufrag x\r\n`,
  ),
].join('');
