// The functions by what calls them; the logical ids are serverless's.
const HOOK_FUNCTIONS = ['connect', 'invocation', 'event', 'incoming'];
const JOB_FUNCTIONS = ['sweep', 'replay'];

const pascal = (name) => name.charAt(0).toUpperCase() + name.slice(1);

module.exports = {
  HOOK_FUNCTIONS,
  FUNCTIONS: [...HOOK_FUNCTIONS, ...JOB_FUNCTIONS],
  pascal,
  functionId: (name) => `${pascal(name)}LambdaFunction`,
  logGroupId: (name) => `${pascal(name)}LogGroup`,
};
