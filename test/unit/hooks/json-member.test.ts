import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { withMembers } from '../../../lib/hooks/json-member.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const put = (json: string, value: unknown = 'new') => withMembers(Buffer.from(json), { name: value }).toString();

describe('a member of a JSON text', () => {
  it.each([
    ['{}', '{"name":"new"}'],
    [' { } ', ' { "name":"new"} '],
    ['{"a":1.0}', '{"a":1.0,"name":"new"}'],
    ['{"name":"old","a":1e3}', '{"name":"new","a":1e3}'],
    ['{"a":12345678901234567890,"name" : "old" }\n', '{"a":12345678901234567890,"name" :"new"}\n'],
    ['{"name":null}', '{"name":"new"}'],
    ['{"name":{"name":"in"},"b":[{"name":1}]}', '{"name":"new","b":[{"name":1}]}'],
    ['{"name":[1,{"a":2}],"name":"twice"}', '{"name":"new","name":"new"}'],
    ['{"name":1,"name":2,"a":3,"name":4}', '{"name":"new","name":null,"a":3,"name":"new"}'],
    ['{"n\\u0061me":"old"}', '{"n\\u0061me":"new"}'],
    ['{"a":"\\"name\\":\\\\","name":"},{\\""}', '{"a":"\\"name\\":\\\\","name":"new"}'],
    ['{"custom":{"name":"inner"},"a":"name"}', '{"custom":{"name":"inner"},"a":"name","name":"new"}'],
    ['\ufeff{"name":"ä"}', '\ufeff{"name":"new"}'],
  ])('of %j is replaced or added, and nothing else touched', (json, changed) => {
    expect(put(json)).toBe(changed);
  });

  it('keeps bytes that are no UTF-8', () => {
    const json = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]);
    const changed = withMembers(json, { name: 'ü' });
    expect(changed.subarray(0, 9)).toEqual(json.subarray(0, 9));
    expect(changed.subarray(9).toString()).toBe(',"name":"ü"}');
  });

  it('that is there 20,000 times makes no text that is longer than it was', () => {
    const json = `{${'"name":{"a":"bcdef"},'.repeat(20_000)}"x":1}`;
    expect(put(json).length).toBeLessThan(json.length);
  });

  it('is found in a text as large and as deep as they may be', () => {
    const deep = `{"custom":${'['.repeat(60_000)}${']'.repeat(60_000)},"x":"${'\\"'.repeat(60_000)}","name":1}`;
    expect(put(deep).endsWith(',"name":"new"}')).toBe(true);
  });

  test.prop([fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), fc.constantFrom(undefined, 1, '\t')], {
    numRuns: propertyRuns(1_000),
  })('is what a parser then finds, beside all others', (object, value, space) => {
    const parsed = JSON.parse(JSON.stringify(object)) as object;
    const changed = JSON.parse(put(JSON.stringify(object, null, space), value)) as object;
    expect(changed).toEqual({ ...parsed, name: JSON.parse(JSON.stringify(value)) as unknown });
  });
});
