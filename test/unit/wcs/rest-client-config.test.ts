import { expect, it } from 'vitest';
import { carriesSdp, METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import { restClientConfig } from '../../../lib/wcs/rest-client-config.ts';

const KEYS = ['clientExclude', 'restExclude', 'restOnError', 'restPolicy', 'restOverwrite'];

it('keeps the sdp of every method that can carry one away from the backend, and lets no failure of ours stop anything', () => {
  const config = restClientConfig({ failMethods: new Set(), overwrites: {} });
  expect(Object.keys(config).sort()).toEqual(METHOD_NAMES.filter(carriesSdp).sort());
  for (const entry of Object.values(config)) {
    expect(Object.keys(entry)).toEqual(KEYS);
    expect(entry).toEqual({
      clientExclude: '',
      restExclude: 'sdp',
      restOnError: 'LOG',
      restPolicy: 'NOTIFY',
      restOverwrite: '',
    });
  }
});

it('says FAIL for exactly the configured methods', () => {
  const config = restClientConfig({
    failMethods: new Set(['StreamStatusEvent', 'OnDataEvent'] as const),
    overwrites: {},
  });
  expect(config.StreamStatusEvent).toMatchObject({ restOnError: 'FAIL', restExclude: 'sdp' });
  expect(config.OnDataEvent).toMatchObject({ restOnError: 'FAIL', restExclude: '' });
  const failing = Object.entries(config).filter(([, { restOnError }]) => restOnError === 'FAIL');
  expect(failing.map(([name]) => name).sort()).toEqual(['OnDataEvent', 'StreamStatusEvent']);
});

it('says OVERWRITE with all the fields that are taken from our answers, and for nothing else', () => {
  const config = restClientConfig({
    failMethods: new Set(),
    overwrites: { publishStream: ['name', 'record'], playStream: [], sendMessage: ['body'] },
  });
  expect(config.publishStream).toMatchObject({ restPolicy: 'OVERWRITE', restOverwrite: 'name,record' });
  expect(config.sendMessage).toMatchObject({ restPolicy: 'OVERWRITE', restOverwrite: 'body' });
  const others = Object.entries(config).filter(([name]) => !['publishStream', 'sendMessage'].includes(name));
  expect(new Set(others.map(([, { restPolicy }]) => restPolicy))).toEqual(new Set(['NOTIFY']));
});
