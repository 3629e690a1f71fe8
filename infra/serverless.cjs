// The only file that serverless.yml loads code from: `${file()}` reads only .cjs, .js, JSON and YAML. Everything behind it is
// TypeScript, which is loaded on demand: `providerName` is resolved first, and switches to a Node that can load it.
const { accessSync, constants, existsSync, mkdirSync } = require('fs');
const { homedir } = require('os');
const { join, resolve } = require('path');
const { useNode24 } = require('./node24.cjs');

/** serverless caches its compiled schema in the home directory, which in a container may be missing or not ours. */
function chooseCache() {
  const dataDir = resolve(process.env.DATA_DIR || '.local');
  process.env.SLS_SCHEMA_CACHE_BASE_DIR ||= [homedir(), dataDir].find(isUsable) || '';
}

function isUsable(folder) {
  const parent = join(folder, '.serverless');
  const cache = join(parent, 'artifacts');
  try {
    // One by one: with `recursive` in /proc, Node would try forever.
    for (const one of [folder, parent, cache]) if (!existsSync(one)) mkdirSync(one);
    accessSync(cache, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

module.exports = {
  async providerName() {
    await useNode24(process.argv.slice(1));
    chooseCache();
    return 'aws';
  },
  get routes() {
    return require('./cloudformation/routes.ts').routes;
  },
  get environment() {
    return require('./cloudformation/environment.ts').environment;
  },
  get changes() {
    return require('./cloudformation/changes.ts').changes;
  },
  get bans() {
    return require('./cloudformation/bans.ts').bans;
  },
  get roles() {
    return require('./cloudformation/roles.ts').roles;
  },
  get api() {
    return require('./cloudformation/api.ts').api;
  },
  get concurrency() {
    return require('./cloudformation/concurrency.ts').concurrency;
  },
  get alarms() {
    return require('./cloudformation/alarms.ts').alarms;
  },
  get dashboard() {
    return require('./cloudformation/dashboard.ts').dashboard;
  },
  get queries() {
    return require('./cloudformation/queries.ts').queries;
  },
  get outputs() {
    return require('./cloudformation/outputs.ts').outputs;
  },
};
