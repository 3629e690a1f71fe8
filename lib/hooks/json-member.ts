/** Puts one member into a JSON object's text. Serialising the parsed object again would change its numbers and its duplicates. */

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/gs;

/** `json`: the text of an object. A member of that name is replaced, as often as it is there; else it becomes the last. */
export function withMember(json: Buffer, name: string, value: unknown): Buffer {
  // One character for each byte: what is no UTF-8 stays as it is.
  const text = json.toString('latin1');
  const serialized = Buffer.from(JSON.stringify(value)).toString('latin1');
  const members = membersOf(text);
  const found = members.filter((member) => member.name === name);
  const [first, ...again] = found;
  if (!first) {
    const brace = text.lastIndexOf('}');
    const comma = members.length > 0 ? ',' : '';
    return Buffer.from(
      `${text.slice(0, brace)}${comma}${JSON.stringify(name)}:${serialized}${text.slice(brace)}`,
      'latin1',
    );
  }
  // Of duplicates some parsers take the first, others the last; those between do not make the text grow.
  const pieces = [text.slice(0, first.start), serialized];
  let from = first.end;
  for (const member of again) {
    pieces.push(text.slice(from, member.start), member === again.at(-1) ? serialized : 'null');
    from = member.end;
  }
  return Buffer.from([...pieces, text.slice(from)].join(''), 'latin1');
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
