/** Sets one member in the text of a JSON object. Serialising the parsed object again would change its numbers and duplicates. */

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/gs;

/** `json` is the text of an object. Every member of that name is replaced; if there is none, it is appended. */
export function withMember(json: Buffer, name: string, value: unknown): Buffer {
  // Latin-1 has one character for each byte: bytes that are not UTF-8 stay as they are.
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
  // Some parsers read the first duplicate, others the last; the ones between must not make the text grow.
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
  /** The range of its value, with the white space around it. */
  readonly start: number;
  readonly end: number;
}

/** Lists the members of the outermost object. */
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
