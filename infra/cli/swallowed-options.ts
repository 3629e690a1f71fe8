/**
 * Without `--`, as in `npm run streams --viewers`, npm takes an option for its own, and the command never sees it. npm leaves a
 * trace: the variable npm_config_viewers.
 */
import { relative } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** How the command was called: npm's environment, and the file that npm runs. */
export interface Call {
  readonly env: NodeJS.ProcessEnv;
  readonly file: string | undefined;
}

/** npm's own settings, which a machine may have set for npm itself (.npmrc, a build server): on their own they prove nothing. */
const NPMS_OWN = ['json', 'yes'];

/** Names the swallowed options and the command line that was meant; undefined if nothing was swallowed. */
export function complaintOfSwallowed(options: Options, args: string[], call: Call): string | undefined {
  const taken = takenByNpm(options, call);
  const ours = Object.keys(taken).filter((name) => !NPMS_OWN.includes(name));
  if (ours.length === 0) return undefined;
  const names = ours.map((name) => `--${name}`).join(', ');
  return `npm took ${names} as its own: "--" is missing before it.\n  ${meant(options, args, taken, call)}`;
}

/** `--json` alone may be meant for npm: the command runs, and mentions it. */
export function noteOfSwallowed(options: Options, args: string[], call: Call): string | undefined {
  const isTaken = takenByNpm(options, call)['json'] !== undefined && !args.includes('--json');
  return isTaken
    ? `Note: --json went to npm itself. Was it meant for this command?\n  npm run -s ${scriptOf(call)} -- --json`
    : undefined;
}

/** The script that npm runs; undefined if this process is not that script, but at most a descendant of it. */
function scriptOf({ env, file }: Call): string | undefined {
  const { npm_lifecycle_event: script, npm_lifecycle_script: text = '' } = env;
  return file && text.includes(relative(process.cwd(), file).replaceAll('\\', '/')) ? script : undefined;
}

type Values = Readonly<Record<string, readonly string[]>>;

function takenByNpm(options: Options, call: Call): Values {
  if (scriptOf(call) === undefined) return {};
  const taken = Object.keys(options).map(
    (name) => [name, call.env[`npm_config_${name.replaceAll('-', '_')}`]] as const,
  );
  // npm joins the values of a repeated option with empty lines.
  return Object.fromEntries(taken.flatMap(([name, value]) => (value ? [[name, value.split('\n\n')]] : [])));
}

/**
 * npm leaves the value of an unknown option among the arguments. Whose value it was is known only if there is one option and one
 * argument.
 */
function meant(options: Options, args: string[], taken: Values, call: Call): string {
  const withoutDefaults = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, default: undefined }]),
  );
  const { values, positionals } = parseArgs({ args, options: withoutDefaults, strict: false, allowPositionals: true });
  const isText = (name: string) => options[name]?.type === 'string';
  const lacking = Object.entries(taken).filter(([name, given]) => isText(name) && given.join() === 'true');
  const found = lacking.length === 1 && positionals.length === 1 ? positionals[0] : undefined;
  const words = [
    // Nobody should be led to confirm what a build server set for npm.
    ...Object.entries(taken).flatMap(([name, given]) => {
      if (name === 'yes') return [];
      if (!isText(name)) return [`--${name}`];
      return given.map((value) => `--${name} ${shown(name, value === 'true' ? found : value)}`);
    }),
    ...Object.entries(values).flatMap(([name, given]) =>
      [given ?? []].flat().map((value) => (isText(name) ? `--${name} ${shown(name, String(value))}` : `--${name}`)),
    ),
  ];
  return `npm run ${scriptOf(call)} -- ${words.join(' ')}`;
}

/** Quotes a value for a shell; a possible secret is not repeated. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined || /secret|password|token/.test(name)) return '…';
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
