/** A table of any length: sorted by its headings, searched with the page's search, walked through with the arrow keys. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { sorted, type Sortable } from './search.ts';
import { ROW_HEIGHT, visibleRows } from './visible-rows.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => Sortable;
  readonly cell: (row: Row) => ComponentChildren;
  /** `number` is aligned to the right; `extra` is left out on a phone. */
  readonly kind?: 'number' | 'extra' | 'extra number';
  /** Of the width that is there: 1 unless it is said. */
  readonly share?: number;
  /** Sorted so at first, and when the heading is chosen. */
  readonly descends?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly sortedBy: string;
  readonly isOpen?: (row: Row) => boolean;
}

export function Table<Row>({ caption, rows, columns, keyOf, sortedBy, isOpen }: Props<Row>) {
  const [title, setTitle] = useState(sortedBy);
  const column = columns.find((one) => one.title === title) ?? columns[0];
  const [descending, setDescending] = useState(column?.descends ?? false);
  const body = useRef<HTMLTableSectionElement>(null);
  const ordered = useMemo(
    () => (column ? sorted(rows, column.value, descending) : rows),
    [rows, column?.title, descending],
  );
  const { first, last } = useVisibleRows(body, ordered.length);

  const choose = (chosen: Column<Row>) => {
    setDescending(chosen.title === title ? !descending : (chosen.descends ?? false));
    setTitle(chosen.title);
  };
  const shares = columns.reduce((sum, { share = 1 }) => sum + share, 0);
  return (
    <table aria-rowcount={ordered.length + 1}>
      <caption class="for-readers">{caption}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((one) => (
            <th
              key={one.title}
              scope="col"
              class={one.kind}
              style={{ width: `${(100 * (one.share ?? 1)) / shares}%` }}
              aria-sort={one.title !== title ? 'none' : descending ? 'descending' : 'ascending'}
            >
              <button type="button" onClick={() => choose(one)}>
                {one.title}
                <span aria-hidden="true">{one.title !== title ? '' : descending ? ' ↓' : ' ↑'}</span>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={moveFocus}>
        <Space rows={first} columns={columns.length} />
        {ordered.slice(first, last).map((row, index) => (
          <tr key={keyOf(row)} aria-rowindex={first + index + 2} class={isOpen?.(row) ? 'open' : undefined}>
            {columns.map((one) => (
              <td key={one.title} class={one.kind}>
                {one.cell(row)}
              </td>
            ))}
          </tr>
        ))}
        <Space rows={ordered.length - last} columns={columns.length} />
      </tbody>
    </table>
  );
}

/** Stands for the rows that are out of sight. */
function Space({ rows, columns }: { rows: number; columns: number }) {
  if (rows === 0) return null;
  return (
    <tr aria-hidden="true" class="space">
      <td colSpan={columns} style={{ height: `${rows * ROW_HEIGHT}px` }} />
    </tr>
  );
}

function useVisibleRows(body: { readonly current: HTMLElement | null }, count: number) {
  const [position, setPosition] = useState({ above: 0, height: innerHeight });
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const above = Math.max(0, -(body.current?.getBoundingClientRect().top ?? 0));
      // Only whole rows: within one of them nothing changes.
      setPosition((before) =>
        Math.floor(before.above / ROW_HEIGHT) === Math.floor(above / ROW_HEIGHT) && before.height === innerHeight
          ? before
          : { above, height: innerHeight },
      );
    };
    const soon = () => (frame ||= requestAnimationFrame(look));
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    look();
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, [count]);
  return visibleRows(position.above, position.height, count);
}

/** Arrow keys move from row to row, as Tab does. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' } as const;
  const side = step[event.key as keyof typeof step];
  const row = (event.target as Element).closest('tr');
  const link = side && row?.[side]?.querySelector('a');
  if (!link) return;
  event.preventDefault();
  link.focus();
}
