/** The functions by what calls them, with the logical ids that serverless gives them. */
import type { HookType } from '../../lib/wcs/methods.ts';
import { hasChangeEvents } from './changes.ts';
import type { Tools } from './template.ts';

export const HOOK_FUNCTIONS = ['connect', 'invocation', 'event', 'incoming'] as const satisfies HookType[];
const JOB_FUNCTIONS = ['sweep', 'replay', 'changes'] as const;
export const FUNCTIONS = [...HOOK_FUNCTIONS, ...JOB_FUNCTIONS, 'board'] as const;

/** The functions of a stack that is deployed with these settings. */
export const functionsOf = async (tools: Tools): Promise<readonly FunctionName[]> =>
  (await hasChangeEvents(tools)) ? FUNCTIONS : FUNCTIONS.filter((name) => name !== 'changes');

export type HookFunctionName = (typeof HOOK_FUNCTIONS)[number];
export type FunctionName = (typeof FUNCTIONS)[number];

export const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
export const functionId = (name: FunctionName) => `${pascal(name)}LambdaFunction`;
export type LogGroup = `${string}LogGroup`;
export const logGroupId = (name: FunctionName): LogGroup => `${pascal(name)}LogGroup`;
