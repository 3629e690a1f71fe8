/** The options of `npm run secrets`, checked. */
import { isSipAccountName, OF_CLIENT } from '../../../lib/access/sip-account-name.ts';
import { STAGE } from '../../local/settings.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { isStageName } from '../stage-access.ts';

export const HELP = `npm run secrets -- --stage NAME [options]

Creates the secret that WCS signs its hooks with (32 random bytes) if the stage has none, and prints what to set in WCS.
Secrets are SecureStrings in SSM Parameter Store, under /wcs-hooks/<stage>/; no function has them in its environment.

  --stage NAME   of which stage
  --token        the secret that your login server signs tokens with (TOKEN_SECRET) instead
  --rotate       creates a new secret beside the one in use: both are valid until --finish
  --finish       ends a rotation: from then on only the new one is valid
  --sip ACCOUNT  creates or changes a SIP account instead: asks for its fields, or reads them as JSON from a pipe or a
                 file (npm run secrets -- --stage NAME --sip ACCOUNT < account.json). Those of the stage local are in
                 SIP_ACCOUNTS_FILE (.local/sip.json)
  --remove       with --sip ACCOUNT: removes the account
  --list         lists the SIP accounts by name, with the fields that are set in each
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text`;

export interface Options {
  readonly what:
    | { readonly kind: 'rotation'; readonly token: boolean; readonly rotate: boolean; readonly finish: boolean }
    | { readonly kind: 'set account' | 'remove account'; readonly name: string }
    | { readonly kind: 'list accounts' };
  readonly stage: string;
  readonly region: string | undefined;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** @throws UsageError */
export function readOptions(args = process.argv.slice(2)): Options | 'help' {
  const given = optionsOf(
    {
      ...{ stage: text, token: flag, rotate: flag, finish: flag },
      ...{ sip: text, remove: flag, list: flag, region: text, help: flag },
    },
    args,
  );
  if (given.help) return 'help';
  const { stage, region } = given;
  if (!stage) throw new UsageError('--stage NAME is missing');
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  return { what: whatOf(given, stage), stage, region };
}

interface Given {
  readonly token: boolean;
  readonly rotate: boolean;
  readonly finish: boolean;
  readonly sip?: string | undefined;
  readonly remove: boolean;
  readonly list: boolean;
}

function whatOf({ token, rotate, finish, sip, remove, list }: Given, stage: string): Options['what'] {
  const isOfAccounts = sip !== undefined || list || remove;
  if (isOfAccounts && (token || rotate || finish))
    throw new UsageError('--token, --rotate and --finish are not for SIP accounts');
  if (list && (sip !== undefined || remove))
    throw new UsageError('--list shows all SIP accounts: it takes neither --sip nor --remove');
  if (list) return { kind: 'list accounts' };
  if (remove && sip === undefined) throw new UsageError('--remove needs --sip ACCOUNT');
  if (sip !== undefined) {
    if (sip === OF_CLIENT)
      throw new UsageError(
        `--sip ${sip}: choose another name, as SIP_ACCOUNT=${OF_CLIENT} lets pages bring their own accounts`,
      );
    if (!isSipAccountName(sip))
      throw new UsageError(`--sip ${sip}: expected 1 to 64 letters, digits, ".", "_" and "-"`);
    return { kind: remove ? 'remove account' : 'set account', name: sip };
  }
  if (stage === STAGE)
    throw new UsageError(`The stage ${STAGE} runs here: set HOOK_SECRET in the environment of npm start.`);
  if (rotate && finish)
    throw new UsageError('--rotate and --finish are two steps: WCS gets the new secret in between.');
  return { kind: 'rotation', token, rotate, finish };
}
