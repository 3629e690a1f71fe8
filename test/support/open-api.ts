import Ajv, { type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Described> }>>>>;
  readonly components: { readonly responses: Record<string, Described> };
}
const TEXT = readFileSync(join(import.meta.dirname, '../../docs/board.openapi.json'), 'utf8');
export const DOCUMENT = JSON.parse(TEXT) as Document;

// It would warn of what is no schema: a component whose name is `id`.
const ajv = new Ajv({ allErrors: true, logger: false });
ajv.addSchema(JSON.parse(TEXT) as object, 'board');

/** `GET /board/live` … */
export const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
);

const validators = new Map<string, ValidateFunction>();
function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `board#${pointer}` });
  validators.set(pointer, known);
  return known;
}
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** What of an answer is not as the file says; undefined where all is. */
export function problemOfAnswer(
  operation: string,
  status: number,
  contentType: string | undefined,
  body: string | undefined,
): string | undefined {
  const [method = '', path = ''] = operation.split(' ');
  const given = DOCUMENT.paths[path]?.[method.toLowerCase()]?.responses[status];
  if (!given) return `${operation} has no answer ${status}`;
  const isShared = given.$ref !== undefined;
  const described = isShared ? DOCUMENT.components.responses[status] : given;
  const type = (contentType ?? '').replace(/;.*/, '');
  if (!described?.content?.[type]) return `${operation} ${status} is no ${type}`;
  const place = isShared
    ? `/components/responses/${status}`
    : `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`;
  const validate = validatorOf(encodeURI(`${place}/content/${escaped(type)}/schema`).replaceAll('+', '%2B'));
  return validate(JSON.parse(body ?? '')) ? undefined : `${operation} ${status}: ${ajv.errorsText(validate.errors)}`;
}
