/** `npm run secrets -- --sip`: sets, lists and removes the SIP accounts of a stage. No value of a field is ever printed. */
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import { readSipAccount, sipAccountOf, type SipAccount } from '../../../lib/access/sip-account.ts';
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

Which connections get it: those of tokens with the claim sip (npm run token -- --sip ${name}), or all without such a
token (SIP_ACCOUNT=${name}), or those of an app (SIP_ACCOUNT=myAppKey=${name}).`);
  if (before !== undefined) console.log('A deployed function takes a change within five minutes.');
}

export async function removeAccount(store: AccountStore, name: string): Promise<void> {
  if ((await store.read(name)) === undefined) throw new Failure(`There is no ${store.placeOf(name)}.`);
  await store.remove(name);
  console.log(`deleted ${store.placeOf(name)}: within five minutes, connections that get it are declined.`);
}

export async function listAccounts(store: AccountStore): Promise<void> {
  const accounts = [...(await store.all())].sort(([a], [b]) => (a < b ? -1 : 1));
  if (accounts.length === 0) return console.log('There is no SIP account: --sip ACCOUNT makes one.');
  const width = Math.max(...accounts.map(([name]) => name.length));
  for (const [name, json] of accounts) console.log(`${pad(name, width)}  ${stateOf(json)}`);
}

function stateOf(json: string): string {
  const reading = readSipAccount(json);
  return 'problem' in reading ? `not usable: ${reading.problem}` : `has ${fieldsSetIn(json).join(' ')}`;
}

function fieldsSetIn(json: string): readonly SipField[] {
  const account = JSON.parse(json) as Partial<Record<SipField, unknown>>;
  return SIP_FIELDS.filter((field) => account[field] !== undefined && account[field] !== '');
}

/** @throws Failure */
async function readFrom(stdin: Readable): Promise<SipAccount> {
  const reading = readSipAccount(await text(stdin));
  if ('problem' in reading) {
    throw new Failure(`Standard input is no SIP account: ${reading.problem}.
Expected {"sipLogin": …, "sipPassword": …, "sipDomain": …} and, where they differ from the usual, ${OPTIONAL.join(', ')}.`);
  }
  return reading.account;
}

const OPTIONAL = [
  'sipRegisterRequired',
  'sipAuthenticationName',
  'sipOutboundProxy',
  'sipPort',
  'sipVisibleName',
] as const;

async function askFor(before: string | undefined, terminal: Terminal): Promise<SipAccount> {
  const known = before === undefined ? undefined : readSipAccount(before);
  let answers: Answers = known && 'account' in known ? known.account : {};
  const questions = openQuestions(terminal);
  try {
    for (;;) {
      answers = await askOnce(questions, answers);
      const reading = sipAccountOf(answers);
      if ('account' in reading) return reading.account;
      terminal.stdout.write(`${reading.problem}\n`);
    }
  } finally {
    questions.close();
  }
}

type Answers = Partial<Record<SipField, string | number | boolean>>;

/** Enter takes what is in brackets. */
async function askOnce(questions: Questions, known: Answers): Promise<Answers> {
  const answer = async (field: SipField, usual?: string | number | boolean) => {
    const taken = known[field] ?? usual;
    const given = await questions.ask(`${field}${taken === undefined ? '' : ` [${taken}]`}: `);
    return given === '' ? (taken ?? '') : given;
  };
  const sipLogin = await answer('sipLogin');
  const kept = known.sipPassword ? ' [as it is]' : '';
  const sipPassword =
    (await questions.askSecret(`sipPassword, which is not shown${kept}: `)) || known.sipPassword || '';
  const sipDomain = await answer('sipDomain');
  const sipRegisterRequired = await answer('sipRegisterRequired', true);
  return {
    ...{ sipLogin, sipPassword, sipDomain },
    sipRegisterRequired: WORDS[String(sipRegisterRequired).toLowerCase()] ?? sipRegisterRequired,
    sipAuthenticationName: await answer('sipAuthenticationName', sipLogin),
    sipOutboundProxy: await answer('sipOutboundProxy', sipDomain),
    sipPort: await answer('sipPort', 5060),
    sipVisibleName: await answer('sipVisibleName', sipLogin),
  };
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, yes: true, y: true, false: false, no: false, n: false };
