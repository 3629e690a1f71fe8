/** Sets members in the text of a JSON object. Parsing and serialising it would change its numbers and duplicate members. */

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/gs;

/** `json` is the text of an object. Every member whose name is in `values` is replaced; if there is none, it is appended. */
export function withMembers(json: Buffer, values: Readonly<Record<string, unknown>>): Buffer {
  // Latin-1 has one character for each byte: bytes that are not UTF-8 stay as they are.
  const text = json.toString('latin1');
  const serialized = new Map(Object.entries(values).map(([name, value]) => [name, inLatin1(value)] as const));
  const members = membersOf(text);
  const found = members.filter(({ name }) => serialized.has(name));
  const first = new Map(found.toReversed().map((member) => [member.name, member] as const));
  const last = new Map(found.map((member) => [member.name, member] as const));
  const pieces: (string | undefined)[] = [];
  let from = 0;
  for (const member of found) {
    // Some parsers take the first duplicate, others the last; those in between must not make the text grow.
    const counts = member === first.get(member.name) || member === last.get(member.name);
    pieces.push(text.slice(from, member.start), counts ? serialized.get(member.name) : 'null');
    from = member.end;
  }
  const added = [...serialized]
    .filter(([name]) => !first.has(name))
    .map(([name, value]) => `${inLatin1(name)}:${value}`);
  const brace = text.lastIndexOf('}');
  const comma = members.length > 0 && added.length > 0 ? ',' : '';
  pieces.push(text.slice(from, brace), comma, added.join(','), text.slice(brace));
  return Buffer.from(pieces.join(''), 'latin1');
}

const inLatin1 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('latin1');

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
