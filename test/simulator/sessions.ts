/** What a WCS tells of one client, from its connection to its end. */
import type { Random } from './random.ts';
import type { Hook } from './wcs.ts';

export interface Client {
  readonly sessionId: string;
  readonly mediaSessionId: string;
  readonly name: string;
  /** true: publishes, false: plays. */
  readonly published: boolean;
  readonly nodeId: string;
  /** What the client's page gives to `Flashphoner.createSession`, as `custom.token`. */
  readonly token?: string | undefined;
  /** Of the client's page. */
  readonly origin?: string | undefined;
}

const APP_KEY = 'defaultApp';

export function createClient(
  random: Random,
  { name, published, nodeId, token = 'a-token-of-the-user', origin }: Omit<Client, 'sessionId' | 'mediaSessionId'>,
): Client {
  const address = `/203.0.113.${random.between(1, 254)}:${random.between(1024, 65535)}/192.0.2.1:8443`;
  return {
    sessionId: random.of([address, `${address}-${random.uuid(4)}`, random.uuid(4)]),
    mediaSessionId: random.uuid(random.of([1, 4])),
    name,
    published,
    nodeId,
    token,
    origin,
  };
}

export const createNodeId = (random: Random) =>
  `${random.uuid(4).replaceAll('-', '')}@192.0.2.${random.between(1, 254)}`;

const sessionHook = (client: Client, method: string, fields: object): Hook => ({
  method,
  body: JSON.stringify({ nodeId: client.nodeId, appKey: APP_KEY, sessionId: client.sessionId, ...fields }),
});

/** A hook whose subject is the client's stream, with the stream object of a WCS 5.2. */
export const streamHook = (client: Client, method: string, status: string, fields: object = {}): Hook => ({
  method,
  body: JSON.stringify({
    nodeId: client.nodeId,
    appKey: APP_KEY,
    sessionId: client.sessionId,
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
  }),
});

export const connects = (client: Client): [connect: Hook, established: Hook] => [
  sessionHook(client, 'connect', {
    useWsTunnel: false,
    useWsTunnelPacketization2: false,
    useBase64BinaryEncoding: false,
    mediaProviders: ['WebRTC', 'WSPlayer'],
    clientVersion: '2.0.220',
    clientOSVersion: '5.0 (X11)',
    clientBrowserVersion: 'Mozilla/5.0 (X11; Linux x86_64)',
    origin: client.origin,
    custom: { token: client.token },
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
  sessionHook(client, 'ConnectionStatusEvent', { status: 'DISCONNECTED' }),
];

export const statusOf = ({ published }: Client) => (published ? 'PUBLISHING' : 'PLAYING');

/** As large as a browser's offer, 3.2 KB: what `restExclude` keeps away, and what a backend must bear without it. */
const SDP = [
  'v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n',
  ...Array.from(
    { length: 38 },
    (_, n) => `a=candidate:${n} 1 udp 2122260223 203.0.113.${n} ${50_000 + n} typ host generation 0 ufrag x\r\n`,
  ),
].join('');
