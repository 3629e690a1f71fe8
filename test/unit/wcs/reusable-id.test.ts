import { expect, it } from 'vitest';
import { isReusable } from '../../../lib/wcs/reusable-id.ts';

const UUID = '7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10';

it('WCS gives an address again, with ports of any length, of IPv6 too', () => {
  for (const id of [
    '/203.0.113.77:63853/198.51.100.25:8443',
    '/10.0.0.2:1/10.0.0.1:2',
    '/[2001:db8::77]:63853/[2001:db8:0:0:0:0:0:25]:443',
    '/2001:db8:0:0:0:0:0:77:63853/2001:db8:0:0:0:0:0:25:8443',
    '/wcs-client.example.com:1024/wcs:8443',
  ]) {
    expect([id, isReusable(id)]).toEqual([id, true]);
  }
});

it('no other id is given again: neither an address with a uuid behind it, nor one of its own, nor a part of an address', () => {
  for (const id of [
    `/203.0.113.77:63853/198.51.100.25:8443-${UUID}`,
    '/203.0.113.77:63853/198.51.100.25:8443-12345678-1234-4234-8234-123456789012',
    ...[UUID, '', '/', '/203.0.113.77:63853', '/203.0.113.77/198.51.100.25:8443', '/203.0.113.77:63853/198.51.100.25'],
    ...['203.0.113.77:63853/198.51.100.25:8443', 'x/203.0.113.77:63853/198.51.100.25:8443', '/:1/:2', '/a:1/b:2/c:3'],
    ...[
      '/203.0.113.77:x/198.51.100.25:8443',
      '/203.0.113.77:63853/198.51.100.25:x',
      '/203.0.113.77:63853/198.51.100.25:',
    ],
  ]) {
    expect([id, isReusable(id)]).toEqual([id, false]);
  }
});
