/**
 * Whether a glob matches a stream's name, in the form that rows show. A glob without a query must also match the URI
 * without its query, where the client can write anything: `*:554/room-1` does not match `rtsp://host/secret?x=/room-1`.
 */
export function namesStream(glob: string, name: string): boolean {
  if (!matchesGlob(name, glob)) return false;
  const [withoutQuery = name] = /^[^?#]*:\/[^?#]*/.exec(name) ?? [];
  return /[?#]/.test(glob) || matchesGlob(withoutQuery, glob);
}

/**
 * Whether a glob matches a name: `*` stands for any characters, everything else for itself, code unit by code unit. Not
 * a regular expression: matching a token's glob must not take longer than its length times the name's.
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
