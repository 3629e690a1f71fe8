import { describe, expect, it } from 'vitest';
import { callParties, isFailedCall } from '../../../lib/wcs/failed-call.ts';

describe('a call', () => {
  it.each([
    ['CallStatusEvent', { status: 'FAILED' }, true],
    ['CallStatusEvent', { status: 'BUSY' }, true],
    ['CallStatusEvent', { status: 'FINISH', sipStatus: 487 }, true],
    ['CallStatusEvent', { status: 'FINISH', sipStatus: '603' }, true],
    ['CallStatusEvent', { status: 'FINISH', sipStatus: 'SIP/2.0 486 Busy Here' }, true],
    ['TransferStatusEvent', { status: 'FAILED' }, true],
    ['CallStatusEvent', { status: 'FINISH' }, false],
    ['CallStatusEvent', { status: 'ESTABLISHED', sipStatus: 200 }, false],
    ['CallStatusEvent', { status: 'RING', sipStatus: 180 }, false],
    ['CallStatusEvent', { status: 'RING', sipStatus: 0 }, false],
    ['CallStatusEvent', { status: 'RING', sipStatus: 4861 }, false],
    ['CallStatusEvent', { status: 'RING', sipStatus: { code: 486 } }, false],
    ['CallStatusEvent', { status: null, sipStatus: null }, false],
    ['CallStatusEvent', {}, false],
    ['call', { status: 'FAILED' }, false],
    ['StreamStatusEvent', { status: 'FAILED' }, false],
    ['ConnectionStatusEvent', { status: 'FAILED', sipStatus: 486 }, false],
  ] as const)('of %s %j has failed: %s', (method, body, failed) => {
    expect(isFailedCall(method, body)).toBe(failed);
  });

  const shown = (caller: string, form: 'short' | 'full' = 'short') => callParties({ caller }, form).caller;

  it.each([
    ['+493012345642', '+4930…42'],
    ['00493012345642', '00493…42'],
    ['+49 (30) 1234-5642', '+49 (…42'],
    ['5551234', '55…34'],
    ['sip:+493012345642@sip.example.com:5060', 'sip:+4930…42@sip.example.com:5060'],
    ['"Alice" <sip:+493012345642@192.168.1.101>', '"Alice" <sip:+4930…42@192.168.1.101>'],
    ['tel:+493012345642', 'tel:+4930…42'],
    ['1001', '1001'],
    ['110', '110'],
    ['PPP009', 'PPP009'],
    ['alice@192.168.1.101:5060', 'alice@192.168.1.101:5060'],
    ['', ''],
  ])('shows %j as %j', (number, short) => {
    expect(shown(number)).toBe(short);
    expect(shown(number, 'full')).toBe(number);
  });

  it('never shows all of a number of seven digits or more, however it is grouped', () => {
    for (let digits = 7; digits < 40; digits++) {
      for (const separator of ['', ' ', '-', ') ']) {
        const number = Array.from({ length: digits }, (_, n) => n % 10).join(separator);
        expect(shown(number)?.replace(/\D/g, '').length).toBeLessThanOrEqual(Math.min(7, digits - 2));
      }
    }
  });

  it('shows an address without its password, its parameters and its headers, in either form', () => {
    for (const form of ['short', 'full'] as const) {
      for (const address of [
        'sip:alice:hidden@example.com',
        'sip:alice@example.com;token=hidden',
        '<sips:alice:hidden@example.com>;tag=hidden',
        'SIP:alice@example.com?Authorization=hidden',
      ]) {
        expect(shown(address, form)).toMatch(/alice@example\.com/);
        expect(shown(address, form)).not.toContain('hidden');
      }
    }
  });

  it('shows no password, wherever the address stands, and however long it is', () => {
    for (const address of [
      'sip:bob@example.com, <sip:alice:hidden@example.com>',
      `sip:${'a'.repeat(250)}:hidden@example.com`,
      `sip:alice:hidden${'x'.repeat(300)}@example.com`,
      'sip:alice:hid\nden@example.com',
      'sip:alice:sip:hidden@example.com',
    ]) {
      expect(shown(address, 'full')).toMatch(/@example\.com/);
      expect(shown(address, 'full')).not.toMatch(/hid|den/);
    }
  });

  it('shows what is no address as it is', () => {
    expect(shown('Smith; Sons?')).toBe('Smith; Sons?');
  });

  it('is described by caller, callee, target, SIP’s status and WCS’s reason, and nothing else', () => {
    const secrets = { sipMessageRaw: 'HIDDEN', sipHeaders: { a: 'HIDDEN' }, sdp: 'HIDDEN', sipSDP: 'HIDDEN' };
    const body = { ...secrets, inviteParameters: 'HIDDEN', custom: { token: 'HIDDEN' }, visibleName: 'HIDDEN' };
    const told = callParties(
      { ...body, caller: '1', callee: '2', target: '3', sipStatus: 486, info: 'no +493012345642' },
      'short',
    );
    expect(told).toEqual({ caller: '1', callee: '2', target: '3', sipStatus: 486, info: 'no +4930…42' });
    const odd = { caller: 5, callee: null, target: {}, sipStatus: { raw: 'HIDDEN' }, info: ['HIDDEN'] };
    expect(Object.values(callParties(odd, 'full'))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
