// RESERVED_CONCURRENCY="connect=20,event=200": off by default, as a new account has too little to reserve from.
const { functionId, HOOK_FUNCTIONS } = require('./functions.cjs');

function parse(entry) {
  const [, name, count] = /^(\w+)=(\d+)$/.exec(entry.trim()) ?? [];
  if (!HOOK_FUNCTIONS.includes(name)) {
    const expected = HOOK_FUNCTIONS.map((one) => `${one}=20`).join(', ');
    throw new Error(`RESERVED_CONCURRENCY has ${JSON.stringify(entry)}: expected a comma list of ${expected}`);
  }
  return [functionId(name), { Properties: { ReservedConcurrentExecutions: Number(count) } }];
}

module.exports = async ({ resolveVariable }) => {
  const reserved = await resolveVariable("env:RESERVED_CONCURRENCY, ''");
  return { extensions: Object.fromEntries(reserved.split(',').filter(Boolean).map(parse)) };
};
