import { describe, expect, it } from 'vitest';
import { readSip } from '../../../lib/settings/sip-settings.ts';

const read = (SIP_ACCOUNT?: string) => {
  const problems: string[] = [];
  return { rules: readSip({ SIP_ACCOUNT }, problems), problems };
};

describe('SIP_ACCOUNT', () => {
  it.each([
    [undefined, { of: 'nobody' }],
    ['', { of: 'nobody' }],
    ['client', { of: 'client' }],
    ['line-1', { of: 'everybody', account: 'line-1' }],
    ['shopApp=line-1', { of: 'apps', accounts: new Map([['shopApp', 'line-1']]) }],
    [
      ' shopApp=line-1, helpApp=line.2,',
      {
        of: 'apps',
        accounts: new Map([
          ['shopApp', 'line-1'],
          ['helpApp', 'line.2'],
        ]),
      },
    ],
  ])('%j is %j', (text, rules) => expect(read(text)).toEqual({ rules, problems: [] }));

  it.each([
    ['line/1', 'SIP_ACCOUNT names "line/1": expected'],
    ['line-1,line-2', 'SIP_ACCOUNT names "line-1": expected'],
    ['shopApp=', 'SIP_ACCOUNT names "shopApp=": expected'],
    ['=line', 'SIP_ACCOUNT names "=line": expected'],
    ['shopApp=client', 'SIP_ACCOUNT names "shopApp=client": expected'],
    ['a=line,a=other', 'SIP_ACCOUNT names the app "a" twice'],
    [',', 'SIP_ACCOUNT names nothing: expected'],
  ])('is not %j', (text, problem) => expect(read(text).problems[0]).toContain(problem));
});
