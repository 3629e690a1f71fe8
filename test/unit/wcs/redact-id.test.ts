import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { redactId } from '../../../lib/wcs/redact-id.ts';
import { FIXTURES } from '../../support/fixtures.ts';

const UUID = '60709c5b-6950-40c3-8a3d-37ea0827ae32';
const hex = (text: string) => Buffer.from(text).toString('hex');

describe('an id', () => {
  it('of every capture is its own', () => {
    for (const { text } of FIXTURES) {
      for (const [, id = ''] of text.matchAll(/"(?:mediaSessionId|sessionId|callId)" ?: ?"([^"]*)"/g)) {
        expect(redactId(id)).toBe(id);
      }
    }
  });

  it.each([
    [`${UUID}-${hex('rtsp://u:SECRET@host/x?channel=1')}-HLS`, `${UUID}-${hex('rtsp://host/x?channel=1')}-HLS`],
    [`${UUID}-${hex('rtsp://u:SECRET@host/x').toUpperCase()}-HLS`, `${UUID}-${hex('rtsp://host/x')}-HLS`],
    [`${UUID}-rtsp://u:SECRET@host/x?token=SECRET-RTSP`, `${UUID}-rtsp://host/x-RTSP`],
    [`${UUID}-rtsp%3A%2F%2Fu%3ASECRET%40host%2Fx-RTSP`, `${UUID}-rtsp%3A%2F%2Fhost%2Fx-RTSP`],
    [`${UUID}-user7?SECRET-RTSP`, `${UUID}-user7-RTSP`],
    [`${UUID}-${hex('user7?SECRET')}-HLS`, `${UUID}-${hex('user7')}-HLS`],
    // As old sessions are called.
    [`${hex('rtsp://u:SECRET@host/x')}-HLS`, `${hex('rtsp://host/x')}-HLS`],
    ['rtsp://u:SECRET@host/x-HLS', 'rtsp://host/x-HLS'],
    [`${UUID}-user7\n?SECRET-hls`, `${UUID}-user7\n-hls`],
    // From 8 characters on they are taken for text.
    [`${UUID}-${hex('a?SECRET')}-HLS`, `${UUID}-${hex('a')}-HLS`],
    [hex('ab:/u:@h'), hex('ab:/h')],
    [`a-${hex('ab:/u:@h')}-b`, `a-${hex('ab:/h')}-b`],
  ])('%s is shown as %s', (id, shown) => expect(redactId(id)).toBe(shown));

  it.each([
    `${UUID}-${hex('stream-7').toUpperCase()}-HLS`,
    `${UUID}-b4e7-RTSP`,
    `${UUID}-413f-HLS`,
    'f-cam-1',
    'a?b',
    'pbx-8BD6@host',
    'u:p@host',
    `eve:x@${UUID}`,
    ...[`${UUID.slice(1)}-a?b-RTSP`, `x${UUID}-a?b-RTSP`, `${UUID}-a?b-RTSPx`, `${UUID}-a?b-WEB`, `${UUID}a?b-HLS`],
    ...[`${UUID}-${hex('a?SECRE')}-HLS`, `${UUID}-${hex('a?SECRET')}z-HLS`, `${UUID}-${'ff3f'.repeat(4)}-HLS`],
    ...[hex('ab:/u@h'), `x${hex('rtsp://u:p@host/x')}`, `${hex('rtsp://u:p@host/x')}x`],
  ])('%s is its own', (id) => expect(redactId(id)).toBe(id));

  const name = fc.array(fc.constantFrom('rtsp', '://', 'u:SECRET@', '/x', '?', '&', 'token=', 'SECRET', '-', '@'));
  const form = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `${UUID}-${text}-RTSP`,
    (text) => `${UUID}-${hex(text)}-HLS`,
    (text) => `${hex(text)}-HLS`,
  );

  test.prop([name, form])('that is shown is its own, so that both find the row', (pieces, inForm) => {
    const shown = redactId(inForm(pieces.join('')));
    expect(redactId(shown)).toBe(shown);
  });

  test.prop([fc.uuid(), fc.string(), fc.string()])('of a client is never shown as a uuid of another', (uuid, a, b) => {
    for (const id of [
      `${a}${uuid}`,
      `${uuid}${b}`,
      `${a}${uuid}${b}`,
      `${a}@${uuid}`,
      `//${a}@${uuid}`,
      `${uuid}?${b}`,
    ]) {
      if (id !== uuid) expect(redactId(id)).not.toBe(uuid);
    }
  });
});
