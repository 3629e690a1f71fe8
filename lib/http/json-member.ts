/** Puts one member into a JSON object's text. Serialising the parsed object again would change its numbers and its duplicates. */

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/gs;

/** `json`: the text of an object. A member of that name is replaced, as often as it is there; else it becomes the last. */
export function withMember(json: Buffer, name: string, value: unknown): Buffer {
  // One character for each byte: what is no UTF-8 stays as it is.
  const text = json.toString('latin1');
  const serialized = Buffer.from(JSON.stringify(value)).toString('latin1');
  const members = membersOf(text);
  const found = members.filter((member) => member.name === name);
  let changed = text;
  for (const { start, end } of found.reverse()) changed = changed.slice(0, start) + serialized + changed.slice(end);
  if (found.length === 0) {
    const brace = text.lastIndexOf('}');
    const comma = members.length > 0 ? ',' : '';
    changed = `${text.slice(0, brace)}${comma}${JSON.stringify(name)}:${serialized}${text.slice(brace)}`;
  }
  return Buffer.from(changed, 'latin1');
}

interface Member {
  readonly name: string;
  /** Where its value is, with the white space around it. */
  readonly start: number;
  readonly end: number;
}

/** Of the outermost object. */
function membersOf(text: string): Member[] {
  const members: Member[] = [];
  let depth = 0;
  let name = '';
  let start: number | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    const isEnd = depth === 0 || (depth === 1 && token === ',');
    if (isEnd && start !== undefined) {
      members.push({ name, start, end: index });
      start = undefined;
    } else if (depth === 1 && start === undefined) {
      if (token.startsWith('"')) name = JSON.parse(Buffer.from(token, 'latin1').toString()) as string;
      else if (token === ':') start = index + 1;
    }
  }
  return members;
}
