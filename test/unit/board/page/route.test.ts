import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragmentOf, routeOf, VIEWS } from '../../../../lib/board/page/route.ts';

describe('the fragment', () => {
  it('is read as it was written, whatever ids and names hold', () => {
    fc.assert(
      fc.property(
        fc.record({
          view: fc.constantFrom(...VIEWS),
          search: fc.string({ unit: 'grapheme' }),
          node: fc.option(fc.string(), { nil: undefined }),
          app: fc.option(fc.string(), { nil: undefined }),
          opened: fc.option(
            fc.record({
              kind: fc.constantFrom('name', 'stream', 'call', 'session'),
              id: fc.string({ unit: 'grapheme' }),
            }),
            { nil: undefined },
          ),
        }),
        (route) => {
          expect(routeOf(fragmentOf(route))).toEqual(route);
        },
      ),
    );
  });

  it('shows the names where it says nothing that is known', () => {
    const names = { view: 'names', search: '', node: undefined, app: undefined, opened: undefined };
    for (const fragment of ['', '#', '#/', '#/nope', '#nope?x=1']) expect(routeOf(fragment)).toEqual(names);
  });

  it('can be typed', () => {
    expect(routeOf('#/calls?search=1001&node=a@b&call=c%2F1')).toEqual({
      ...{ view: 'calls', search: '1001', node: 'a@b', app: undefined },
      opened: { kind: 'call', id: 'c/1' },
    });
    expect(fragmentOf(routeOf('#/apps'))).toBe('#/apps');
  });
});
