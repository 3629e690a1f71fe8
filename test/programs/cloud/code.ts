/** What the code reads and asks for, found in the bundles: they hold what is left after everything unused is gone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Code } from './rules.ts';
import { ROOT } from '../../../infra/local/python.ts';

const sources = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));

export function readCode(functions: readonly string[], given: readonly string[]): Code {
  const texts = sources('lib');
  const names = new Set([...texts.flatMap(environmentNames), ...given]);
  const ofFunction = (name: string) => {
    const bundle = readBundle(name);
    return { reads: new Set([...names].filter((one) => new RegExp(`\\b${one}\\b`).test(bundle))) };
  };
  return { text: texts.join('\n'), functions: new Map(functions.map((name) => [name, ofFunction(name)])) };
}

export const readBundle = (name: string, folder = 'dist') => readFileSync(join(ROOT, folder, `${name}.cjs`), 'utf8');

const IS_NAME = /^[A-Z][A-Z0-9_]+$/;

/** `env['X']`, `required(env, 'X', …)`, `const { X } = env`, and the same of process.env. */
function environmentNames(text: string): string[] {
  const names: string[] = [];
  const isEnvironment = (node: ts.Node | undefined) =>
    node !== undefined && /^(env|process\.env)$/.test(node.getText(file));
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isElementAccessExpression(node) && isEnvironment(node.expression)) add(node.argumentExpression);
    if (ts.isCallExpression(node) && node.arguments.some(isEnvironment)) node.arguments.forEach(add);
    if (ts.isObjectBindingPattern(node)) {
      const { parent } = node;
      const isOfEnvironment =
        (ts.isVariableDeclaration(parent) && isEnvironment(parent.initializer)) ||
        (ts.isParameter(parent) && parent.type?.getText(file) === 'Environment');
      if (isOfEnvironment) for (const { propertyName, name } of node.elements) add(propertyName ?? name);
    }
    ts.forEachChild(node, visit);
  };
  const add = (node: ts.Node) => {
    const name = ts.isStringLiteral(node) || ts.isIdentifier(node) ? node.text : '';
    if (IS_NAME.test(name)) names.push(name);
  };
  visit(file);
  return names;
}

/** The operations of AWS that a bundle can ask for: `dynamodb:GetItem` …, as policies name them. */
export function operationsOf(bundle: string): Set<string> {
  // What is left of `class GetItemCommand extends …`: those that nobody uses are gone.
  const commands = [...bundle.matchAll(/class extends [\w$]+\([\w$]+,[\w$]+,"([A-Z]\w+)",[\w$]+\)\{\}/g)];
  // Asked for without a client of the SDK.
  const targets = [...bundle.matchAll(/\bAmazonSSM\.([A-Z]\w+)/g)];
  const operations = [...commands, ...targets].map(([, operation = '']) => operation);
  return new Set(operations.map((operation) => `${serviceOf(operation)}:${operation}`));
}

function serviceOf(operation: string): string {
  if (/Message/.test(operation)) return 'sqs';
  if (/Event/.test(operation)) return 'events';
  return /Parameter/.test(operation) ? 'ssm' : 'dynamodb';
}
