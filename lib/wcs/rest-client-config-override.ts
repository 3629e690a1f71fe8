/** What an operator adds to our `restClientConfig`, or changes in it; never so that a denial of ours no longer binds. */
import { METHOD_NAMES, type MethodName } from './methods.ts';
import {
  DEFAULT_ENTRY,
  PROTECTED_FIELDS,
  type ConfigRules,
  type RestClientConfig,
  type RestClientConfigEntry,
} from './rest-client-config.ts';

const WORDS = {
  restOnError: ['LOG', 'FAIL'],
  restPolicy: ['NOTIFY', 'OVERWRITE', 'DISABLE'],
} as const;
const KEYS = Object.keys(DEFAULT_ENTRY);

const fieldsOf = (list: string) => list.split(',').map((field) => field.trim());

/** Our entries, overridden by the operator's, and what is wrong with those. `needed`: what a method's body must keep for us. */
export function override(
  ours: RestClientConfig,
  theirs: unknown,
  { failMethods, overwrites }: ConfigRules,
  needed: (method: MethodName, field: string) => boolean,
): { readonly config: RestClientConfig; readonly problems: readonly string[] } {
  if (!isObject(theirs)) return { config: ours, problems: ['it is not a JSON object'] };
  const problems: string[] = [];
  const config: RestClientConfig = { ...ours };
  for (const [name, entry] of Object.entries(theirs)) {
    const method = METHOD_NAMES.find((known) => known === name);
    if (!method) problems.push(`${JSON.stringify(name)} is no REST method of WCS (names are case-sensitive)`);
    else if (method === 'connect') problems.push('connect: WCS has called it before it knows of this');
    else if (!isObject(entry)) problems.push(`${method} is not a JSON object`);
    else {
      const wrong = Object.entries(entry).flatMap(([key, value]) => problemOfKey(key, value));
      const merged = { ...DEFAULT_ENTRY, ...ours[method], ...entry };
      config[method] = merged;
      const found = wrong.length > 0 ? wrong : contradictions(merged, method);
      problems.push(...found.map((problem) => `${method}: ${problem}`));
    }
  }
  return { config, problems };

  function contradictions(entry: RestClientConfigEntry, method: MethodName): string[] {
    const overwritten = overwrites[method] ?? [];
    const mayFail = failMethods.has(method);
    const taken = fieldsOf(entry.restOverwrite);
    const excluded = fieldsOf(entry.restExclude).filter((field) => needed(method, field));
    return [
      mayFail && entry.restOnError === 'LOG' ? 'a denial would not bind with restOnError LOG' : '',
      mayFail && entry.restPolicy === 'DISABLE' ? 'nothing could be denied with restPolicy DISABLE' : '',
      overwritten.length > 0 && (entry.restPolicy !== 'OVERWRITE' || !overwritten.every((f) => taken.includes(f)))
        ? `a policy overwrites ${overwritten.join(', ')}: that needs restPolicy OVERWRITE and restOverwrite`
        : '',
      entry.restOverwrite !== '' && entry.restPolicy !== 'OVERWRITE'
        ? 'restOverwrite has no effect without restPolicy OVERWRITE'
        : '',
      ...taken
        .filter((field) => PROTECTED_FIELDS.includes(field))
        .map((field) => `WCS takes ${field} from no answer (restOverwrite)`),
      ...excluded.map((field) => `${field} is needed here (restExclude)`),
    ].filter((problem) => problem !== '');
  }
}

function problemOfKey(key: string, value: unknown): string[] {
  if (!KEYS.includes(key)) return [`${JSON.stringify(key)} is none of ${KEYS.join(', ')}`];
  if (typeof value !== 'string') return [`${key} is not a string`];
  const words: readonly string[] | undefined = WORDS[key as keyof typeof WORDS];
  return words && !words.includes(value) ? [`${key} is ${JSON.stringify(value)}: expected ${words.join(' or ')}`] : [];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
