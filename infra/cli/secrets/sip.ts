/** `npm run secrets -- --sip`: sets, lists and removes the SIP accounts of a stage. No value of a field is ever printed. */
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import { DEFAULT_PORT, readSipAccount, sipAccountOf, type SipAccount } from '../../../lib/access/sip-account.ts';
import { SIP_FIELDS, type SipField } from '../../../lib/wcs/sip-fields.ts';
import { Failure } from '../command-line.ts';
import { pad } from '../terminal-text.ts';
import { openQuestions, type Questions } from './ask.ts';
import type { AccountStore } from './sip-store.ts';

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
}

/** Asks for the fields; without a terminal it reads them from standard input. @throws Failure */
export async function setAccount(store: AccountStore, name: string, terminal: Terminal): Promise<void> {
  const before = await store.read(name);
  const account = terminal.stdin.isTTY ? await askFor(before, terminal) : await readFrom(terminal.stdin);
  await store.write(name, JSON.stringify(account));
  console.log(`${before === undefined ? 'created' : 'changed'} ${store.placeOf(name)}

Connections get it by a token with the claim sip (npm run token -- --sip ${name}). Those without such a token get it
with SIP_ACCOUNT=${name}, or SIP_ACCOUNT=myAppKey=${name} for those of one app.`);
  if (before !== undefined) console.log('Deployed functions use the change within five minutes.');
}

export async function removeAccount(store: AccountStore, name: string): Promise<void> {
  if ((await store.read(name)) === undefined) throw new Failure(`There is no SIP account ${name}: --list shows them.`);
  await store.remove(name);
  console.log(`deleted ${store.placeOf(name)}: connections that would get it are declined, within five minutes.`);
}

export async function listAccounts(store: AccountStore): Promise<void> {
  const accounts = [...(await store.all())].sort(([a], [b]) => (a < b ? -1 : 1));
  if (accounts.length === 0) return console.log('There are no SIP accounts: --sip ACCOUNT creates one.');
  const width = Math.max(...accounts.map(([name]) => name.length));
  for (const [name, json] of accounts) console.log(`${pad(name, width)}  ${stateOf(json)}`);
}

function stateOf(json: string): string {
  const reading = readSipAccount(json);
  return 'problem' in reading
    ? `not usable: ${reading.problem}`
    : `has ${fieldsIn(JSON.parse(json) as Given).join(' ')}`;
}

/** A part of an account. */
type Given = Partial<Record<SipField, unknown>>;

const fieldsIn = (given: Given) => SIP_FIELDS.filter((field) => given[field] !== undefined && given[field] !== '');

/** What is stored: nothing that follows from other fields, or it would stay behind when they change. */
const stored = (account: SipAccount, given: Given) =>
  Object.fromEntries(fieldsIn(given).map((field) => [field, account[field]]));

/** @throws Failure */
async function readFrom(stdin: Readable): Promise<Given> {
  const json = await text(stdin);
  const reading = readSipAccount(json);
  if ('problem' in reading) {
    throw new Failure(`Standard input is not a SIP account: ${reading.problem}.
Expected {"sipLogin": …, "sipPassword": …, "sipDomain": …} and, if needed, ${OPTIONAL.join(', ')}.`);
  }
  return stored(reading.account, JSON.parse(json) as Given);
}

const OPTIONAL = [
  'sipRegisterRequired',
  'sipAuthenticationName',
  'sipOutboundProxy',
  'sipPort',
  'sipVisibleName',
] as const;

async function askFor(before: string | undefined, terminal: Terminal): Promise<Given> {
  let answers: Given = before !== undefined && 'account' in readSipAccount(before) ? (JSON.parse(before) as Given) : {};
  const questions = openQuestions(terminal);
  try {
    for (;;) {
      answers = await askOnce(questions, answers);
      const reading = sipAccountOf(answers);
      if ('account' in reading) return stored(reading.account, answers);
      terminal.stdout.write(`${reading.problem}\n`);
    }
  } finally {
    questions.close();
  }
}

/** Enter takes what is in brackets: what it is, else what follows from the other fields. */
async function askOnce(questions: Questions, known: Given): Promise<Given> {
  async function answer(field: SipField, usual: unknown = ''): Promise<string> {
    const taken = String(fieldsIn(known).includes(field) ? known[field] : usual);
    return (await questions.ask(`${field}${taken === '' ? '' : ` [${taken}]`}: `)) || taken;
  }
  async function optional(field: SipField, usual: string): Promise<Given> {
    const given = await answer(field, usual);
    return given === usual ? {} : { [field]: given };
  }
  const sipLogin = await answer('sipLogin');
  const kept = known.sipPassword ? ' [as it is]' : '';
  const sipPassword = (await questions.askSecret(`sipPassword (hidden)${kept}: `)) || known.sipPassword || '';
  const sipDomain = await answer('sipDomain');
  const sipRegisterRequired = await answer('sipRegisterRequired', true);
  return {
    ...{ sipLogin, sipPassword, sipDomain },
    sipRegisterRequired: WORDS[sipRegisterRequired.toLowerCase()] ?? sipRegisterRequired,
    ...(await optional('sipAuthenticationName', sipLogin)),
    ...(await optional('sipOutboundProxy', sipDomain)),
    ...(await optional('sipPort', String(DEFAULT_PORT))),
    ...(await optional('sipVisibleName', sipLogin)),
  };
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, yes: true, y: true, false: false, no: false, n: false };
