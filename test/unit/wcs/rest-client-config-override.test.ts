import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../../lib/wcs/methods.ts';
import { override } from '../../../lib/wcs/rest-client-config-override.ts';
import { restClientConfig } from '../../../lib/wcs/rest-client-config.ts';

const RULES = {
  failMethods: new Set(['publishStream', 'playStream'] as const),
  overwrites: { publishStream: ['name', 'record'] },
};
const OURS = restClientConfig(RULES);
const NEEDED: Readonly<Partial<Record<MethodName, readonly string[]>>> = { playStream: ['name', 'custom'] };
const laid = (theirs: unknown) =>
  override(OURS, theirs, RULES, (method, field) => NEEDED[method]?.includes(field) ?? false);
const problemsOf = (theirs: unknown) => laid(theirs).problems;

describe("an operator's entries", () => {
  it('that are empty, or only repeat ours, change nothing', () => {
    expect(laid({})).toEqual({ config: OURS, problems: [] });
    expect(laid({ publishStream: {} })).toEqual({ config: OURS, problems: [] });
    expect(laid(OURS)).toEqual({ config: OURS, problems: [] });
  });

  it.each([[null], [undefined], [5], ['FAIL'], [true], [[]], [[{ publishStream: {} }]]])('are no %j', (theirs) => {
    expect(laid(theirs)).toEqual({ config: OURS, problems: ['it is not a JSON object'] });
  });

  it.each([[null], [5], ['FAIL'], [[]], [true]])('are not %j for a method', (entry) => {
    expect(problemsOf({ playStream: entry })).toEqual(['playStream is not a JSON object']);
  });

  it('are for methods as WCS spells them, and never for what every object has', () => {
    const names = ['PublishStream', 'sendDTMF', 'constructor', '', 'toString'];
    expect(problemsOf(Object.fromEntries(names.map((name) => [name, {}])))).toEqual(
      names.map((name) => `${JSON.stringify(name)} is no REST method of WCS (names are case-sensitive)`),
    );
    expect(problemsOf(JSON.parse('{"__proto__":{}}'))).toEqual([
      expect.stringContaining('"__proto__" is no REST method'),
    ]);
    expect(problemsOf({ connect: {} })).toEqual(['connect: WCS has called it before it knows of this']);
  });

  it.each([
    [{ restOnError: '' }, 'restOnError is "": expected LOG or FAIL'],
    [{ restPolicy: 'notify' }, 'restPolicy is "notify": expected NOTIFY or OVERWRITE or DISABLE'],
    [{ restOnError: null }, 'restOnError is not a string'],
    [{ clientExclude: 5 }, 'clientExclude is not a string'],
    [{ restOverwrite: ['name'] }, 'restOverwrite is not a string'],
    [
      { constructor: 'x' },
      '"constructor" is none of clientExclude, restExclude, restOnError, restPolicy, restOverwrite',
    ],
  ])('are not %j', (entry, problem) => {
    expect(problemsOf({ sendMessage: entry })).toEqual([`sendMessage: ${problem}`]);
  });

  it('leave no field out that is needed, wherever it stands in the list', () => {
    for (const restExclude of ['name', 'sdp,name', ' name ,sdp', 'sdp, name,x']) {
      expect(problemsOf({ playStream: { restExclude } })).toEqual(['playStream: name is needed here (restExclude)']);
    }
    expect(problemsOf({ playStream: { restExclude: 'custom,name' } })).toHaveLength(2);
    expect(problemsOf({ playStream: { restExclude: 'sdp,names,record' } })).toEqual([]);
    expect(problemsOf({ playHLS: { restExclude: 'name' } })).toEqual([]);
    // What a client gets of it is the operator's own matter.
    expect(problemsOf({ playStream: { clientExclude: 'name,custom' } })).toEqual([]);
  });

  it('keep a denial binding', () => {
    expect(problemsOf({ playStream: { restOnError: 'LOG' } })).toEqual([
      'playStream: a denial would not bind with restOnError LOG',
    ]);
    expect(problemsOf({ playStream: { restPolicy: 'DISABLE' } })).toEqual([
      'playStream: nothing could be denied with restPolicy DISABLE',
    ]);
    expect(problemsOf({ playHLS: { restOnError: 'LOG', restPolicy: 'DISABLE' } })).toEqual([]);
  });

  it('keep every field that a policy overwrites, and may add others', () => {
    const lost = 'publishStream: a policy overwrites name, record: that needs restPolicy OVERWRITE and restOverwrite';
    expect(problemsOf({ publishStream: { restOverwrite: 'name' } })).toEqual([lost]);
    expect(problemsOf({ publishStream: { restOverwrite: 'names,records' } })).toEqual([lost]);
    expect(problemsOf({ publishStream: { restPolicy: 'NOTIFY' } })).toEqual([
      lost,
      'publishStream: restOverwrite has no effect without restPolicy OVERWRITE',
    ]);
    expect(problemsOf({ publishStream: { restOverwrite: 'custom, record,name' } })).toEqual([]);
  });

  it('overwrite no field that WCS takes from no answer', () => {
    for (const field of ['nodeId', 'sessionId', 'appKey']) {
      expect(problemsOf({ sendMessage: { restPolicy: 'OVERWRITE', restOverwrite: `body, ${field}` } })).toEqual([
        `sendMessage: WCS takes ${field} from no answer (restOverwrite)`,
      ]);
    }
    expect(problemsOf({ sendMessage: { restPolicy: 'OVERWRITE', restOverwrite: 'body' } })).toEqual([]);
  });

  it('are all reported at once, and never change ours', () => {
    const before = structuredClone(OURS);
    expect(problemsOf({ nope: {}, call: 5, playStream: { restOnError: 'x', restExclude: 1 } })).toHaveLength(4);
    laid({ publishStream: { clientExclude: 'custom' } });
    expect(OURS).toEqual(before);
  });
});
