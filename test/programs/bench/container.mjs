// A container of the bench: loads one bundle as Lambda's client does, calls it, and says what that took.
// Plain JavaScript, without imports: what it loaded itself, the bundle would not have to.
const [bundle, hooksFile, task, ...counts] = process.argv.slice(2);
const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { setImmediate: turn } = process.getBuiltinModule('node:timers/promises');

const hooks = JSON.parse(readFileSync(hooksFile, 'utf8'));
const context = { awsRequestId: '00000000-0000-0000-0000-000000000000' };

const mark = () => ({ wall: performance.now(), cpu: process.cpuUsage() });
function since({ wall, cpu }) {
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (user + system) / 1000 };
}

const load = () => (bundle.endsWith('.mjs') ? import(bundle) : createRequire(import.meta.url)(bundle));

async function call(handler, n) {
  const hook = hooks[n % hooks.length];
  // Middlewares change the event and its headers.
  const event = { ...hook, headers: { ...hook.headers } };
  const { statusCode } = await handler(event, context);
  if (statusCode !== 200) throw new Error(`${bundle} answered ${statusCode}`);
}

/** So many hooks, `atOnce` of them at any time. */
async function run(handler, count, atOnce) {
  let next = 0;
  const worker = async () => {
    while (next < count) await call(handler, next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const TASKS = {
  async first() {
    const start = mark();
    const { handler } = await load();
    const init = since(start);
    await turn();
    const called = mark();
    await call(handler, 0);
    return { init, hook: since(called), all: since(start) };
  },
  async warm(warmUp, count) {
    const { handler } = await load();
    await run(handler, warmUp, 1);
    const results = {};
    for (const [name, atOnce] of Object.entries({ oneByOne: 1, sixteen: 16 })) {
      const start = mark();
      await run(handler, count, atOnce);
      const { wall, cpu } = since(start);
      results[name] = { cpuMicros: (cpu * 1000) / count, perSecond: (count / wall) * 1000 };
    }
    return results;
  },
  async memory(...marks) {
    const { handler } = await load();
    const heap = {};
    let done = 0;
    for (const count of marks) {
      await run(handler, count - done, 16);
      done = count;
      // What ends a request at its deadline may live until then.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      globalThis.gc();
      globalThis.gc();
      const { heapUsed, rss } = process.memoryUsage();
      heap[count] = { heap: heapUsed / 1e6, resident: rss / 1e6 };
    }
    return heap;
  },
};

writeSync(3, JSON.stringify(await TASKS[task](...counts.map(Number))));
process.exit(0);
