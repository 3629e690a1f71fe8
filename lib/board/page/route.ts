/** What the page shows is in the URL's fragment, so that it can be linked to, and so that "back" works. */
export const VIEWS = ['names', 'nodes', 'apps', 'calls', 'closed', 'bans'] as const;
export type View = (typeof VIEWS)[number];

const PANELS = ['name', 'stream', 'call', 'session'] as const;
/** What the panel shows: a row by its id, or a name with its streams. */
export interface Opened {
  readonly kind: (typeof PANELS)[number];
  readonly id: string;
}

export interface Route {
  readonly view: View;
  readonly search: string;
  readonly node?: string | undefined;
  readonly app?: string | undefined;
  readonly opened?: Opened | undefined;
}

/** @param fragment such as `#/nodes?search=room&stream=4c39b69d`; one that it does not know shows the names */
export function routeOf(fragment: string): Route {
  const [path = '', query = ''] = splitAt(fragment.replace(/^#\/?/, ''), '?');
  const parameters = new URLSearchParams(query);
  const kind = PANELS.find((panel) => parameters.has(panel));
  return {
    view: VIEWS.find((view) => view === path) ?? 'names',
    search: parameters.get('search') ?? '',
    node: parameters.get('node') ?? undefined,
    app: parameters.get('app') ?? undefined,
    opened: kind && { kind, id: parameters.get(kind) ?? '' },
  };
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

export function fragmentOf({ view, search, node, app, opened }: Route): string {
  const parameters = new URLSearchParams();
  if (search) parameters.set('search', search);
  if (node !== undefined) parameters.set('node', node);
  if (app !== undefined) parameters.set('app', app);
  if (opened) parameters.set(opened.kind, opened.id);
  const query = parameters.toString();
  return `#/${view}${query ? `?${query}` : ''}`;
}
