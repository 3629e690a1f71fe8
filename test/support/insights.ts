/** As much of CloudWatch Logs Insights as our queries use, over lines that the code wrote. @throws Error for anything else */
import type { WrittenLine } from './written-lines.ts';

type Value = string | number | boolean | undefined;
type Found = Readonly<Record<string, Value>>;
type Command = (rows: Found[]) => Found[];

/** A line as Insights finds it: its fields, and those that it adds. */
const found = (line: WrittenLine, n: number): Found => ({
  ...(line as Found),
  '@timestamp': n,
  '@message': JSON.stringify(line),
});

/** `known` is asked for each field that a query names, whether a line has it or not. */
export function insights(query: string, lines: readonly WrittenLine[], known: (field: string) => void = () => {}) {
  const given = new Set<string>();
  const field = (name: string) => {
    if (!/^@?\w+$/.test(name)) throw new Error(`no field: ${name}`);
    if (!given.has(name) && !name.startsWith('@')) known(name);
    return name;
  };
  /** By the separators that are outside of parentheses. */
  const split = (text: string, separator = ', ') =>
    text.split(separator).reduce<string[]>((parts, next) => {
      const last = parts.at(-1) ?? '';
      const isOpen = last.split('(').length > last.split(')').length;
      return isOpen ? [...parts.slice(0, -1), `${last}${separator}${next}`] : [...parts, next];
    }, []);

  /** `a`, `a.b`, `"text"`, `coalesce(…)`, `concat(…)` */
  function expression(text: string): (row: Found) => Value {
    const [, name, inner = ''] = /^(coalesce|concat)\((.*)\)$/.exec(text) ?? [];
    const parts = split(inner).map((part) => (name ? expression(part) : () => undefined));
    if (name === 'coalesce') return (row) => parts.map((part) => part(row)).find((value) => value !== undefined);
    if (name === 'concat') {
      return (row) => {
        const values = parts.map((part) => part(row));
        return values.includes(undefined) ? undefined : values.join('');
      };
    }
    if (text.startsWith('"')) return () => JSON.parse(text) as string;
    const [first = '', ...path] = text.split('.');
    // What Lambda writes of itself is nested; our own lines are flat.
    if (path.length === 0) field(first);
    return (row) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], row[first]) as Value;
  }

  /** `a`, `coalesce(a, b) as c` */
  function column(text: string): [name: string, valueOf: (row: Found) => Value] {
    const [, of = text, alias = ''] = /^(.*) as (\w+)$/.exec(text) ?? [];
    const valueOf = expression(of);
    if (alias) given.add(alias);
    return [alias || text, valueOf];
  }

  function condition(text: string): (row: Found) => boolean {
    const alternatives = split(text, ' or ').map((part) => split(part, ' and '));
    if (alternatives.length > 1 || (alternatives[0] ?? []).length > 1) {
      const each = alternatives.map((all) => all.map(condition));
      return (row) => each.some((all) => all.every((one) => one(row)));
    }
    const [, negated] = /^not \((.*)\)$/.exec(text) ?? [];
    if (negated) {
      const holds = condition(negated);
      return (row) => !holds(row);
    }
    const [, name = '', operator, operand = ''] = /^(\S+) (=|in|like) (.+)$/.exec(text) ?? [];
    const asked = field(name);
    if (operator === 'like') return (row) => new RegExp(operand.slice(1, -1)).test(String(row[asked]));
    const wanted = operator && (JSON.parse(operand) as string | string[]);
    if (!wanted) throw new Error(`no condition: ${text}`);
    return (row) => [wanted].flat().includes(String(row[asked]));
  }

  const aggregates: Record<string, (values: Value[], argument: number) => Value> = {
    count: (values) => values.length,
    latest: (values) => values.at(-1),
    max: (values) => Math.max(...values.map(Number)),
    pct: (values, percent) => {
      const sorted = values.map(Number).sort((a, b) => a - b);
      return sorted[Math.ceil((percent / 100) * sorted.length) - 1];
    },
  };

  function stats(text: string): Command {
    const [of = '', by = ''] = text.split(' by ');
    const keys = split(by).map(field);
    const columns = split(of).map((part) => {
      const [, name = '', inner = '', alias = ''] = /^(\w+)\((.*)\) as (\w+)$/.exec(part) ?? [];
      const [of = '', argument = ''] = inner.split(', ');
      const aggregate = aggregates[name];
      if (!aggregate) throw new Error(`no aggregate: ${part}`);
      const asked = of === '*' ? '@message' : field(of);
      given.add(alias);
      return {
        alias,
        valueOf: (rows: Found[]) =>
          aggregate(
            rows.map((row) => row[asked]),
            Number(argument),
          ),
      };
    });
    return (rows) =>
      [...Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => row[key] ?? null))).values()].map((group) => ({
        ...Object.fromEntries(keys.map((key) => [key, group[0]?.[key]])),
        ...Object.fromEntries(columns.map(({ alias, valueOf }) => [alias, valueOf(group)])),
      }));
  }

  function command(text: string): Command {
    const [, name, rest = ''] = /^(\w+) (.*)$/.exec(text.replace(/ #.*$/, '')) ?? [];
    if (name === 'fields') {
      const columns = split(rest).map(column);
      // What comes later may still ask for the others.
      return (rows) =>
        rows.map((row) => ({ ...row, ...Object.fromEntries(columns.map(([name, valueOf]) => [name, valueOf(row)])) }));
    }
    if (name === 'filter') return (rows) => rows.filter(condition(rest));
    if (name === 'stats') return stats(rest);
    if (name === 'limit') return (rows) => rows.slice(0, Number(rest));
    const [, key = '', order] = /^(\S+) (asc|desc)$/.exec(name === 'sort' ? rest : '') ?? [];
    if (!order) throw new Error(`no command: ${text}`);
    const sign = order === 'asc' ? 1 : -1;
    field(key);
    return (rows) => rows.toSorted((a, b) => sign * (Number(a[key]) - Number(b[key])));
  }

  return query
    .split(/\s\| (?=fields|filter|stats|sort|limit)/)
    .reduce((rows, text) => command(text)(rows), lines.map(found));
}
