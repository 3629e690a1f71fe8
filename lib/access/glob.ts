/**
 * Whether a list's glob names a stream, by its name as it is shown. A glob without a query must also mean the URI without
 * its own, which the client can write as it likes: `*:554/room-1` is not `rtsp://host/secret?x=/room-1`.
 */
export function namesStream(glob: string, name: string): boolean {
  if (!matchesGlob(name, glob)) return false;
  const [withoutQuery = name] = /^[^?#]*:\/[^?#]*/.exec(name) ?? [];
  return /[?#]/.test(glob) || matchesGlob(withoutQuery, glob);
}

/**
 * Whether a stream's name is one of those that a glob means: `*` stands for any characters, everything else for itself,
 * code unit by code unit. No regular expression: a token's glob must not cost more than its length times the name's.
 */
export function matchesGlob(name: string, glob: string): boolean {
  const [start = '', ...rest] = glob.split('*');
  const end = rest.pop();
  if (end === undefined) return name === start;
  if (name.length < start.length + end.length || !name.startsWith(start) || !name.endsWith(end)) return false;
  let from = start.length;
  const until = name.length - end.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > until) return false;
    from = at + part.length;
  }
  return true;
}
