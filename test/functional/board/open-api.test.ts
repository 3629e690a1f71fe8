import { describe, expect, it } from 'vitest';
import { createOperations } from '../../../lib/board/operations.ts';
import { createMemoryBoardStore } from '../../support/board-under-test.ts';
import { DOCUMENT, OPERATIONS, problemOfAnswer } from '../../support/open-api.ts';

const now = () => 0;
const operations = createOperations({ ...createMemoryBoardStore(now), now });

describe('docs/board.openapi.json', () => {
  it('has the operations that there are, and no others', () => {
    expect(OPERATIONS.toSorted()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it('says of each which right it needs', () => {
    const rights = operations.map(({ method, path, right }) => {
      const described = DOCUMENT.paths[path]?.[method.toLowerCase()] as { description?: string } | undefined;
      return [described?.description, right];
    });
    for (const [description, right] of rights) expect(description).toBe(`Needs \`${right}\` in the claim \`board\`.`);
  });

  it('is what answers of these tests are held to', () => {
    const answer = {
      kind: 'streams',
      at: '2026-11-25T10:00:00.000Z',
      totals: { publishing: 0, playing: 0 },
      items: [],
    };
    const problemOf = (body: object, type = 'application/json', status = 200) =>
      problemOfAnswer('GET /board/live', status, type, JSON.stringify(body));
    expect(problemOf(answer)).toBeUndefined();
    expect(problemOf({ ...answer, secret: 1 })).toMatch(/should NOT have additional properties/);
    expect(problemOf({ ...answer, at: 'today' })).toMatch(/date-time/);
    expect(problemOf({ ...answer, items: [{ mediaSessionId: 1 }] })).toBeDefined();
    expect(problemOf(answer, 'text/html')).toBe('GET /board/live 200 is no text/html');
    expect(problemOf(answer, 'application/json', 418)).toBe('GET /board/live has no answer 418');
    expect(problemOf(answer, 'application/problem+json', 404)).toMatch(/title/);
  });
});
