// The HTTP routes of each function, from the method table: a method without a route cannot be.
const { METHODS } = require('../lib/wcs/methods.ts');

const BASE_PATH = '/rest/my_api';

const route = (segment) => ({ httpApi: `POST ${BASE_PATH}/${segment}` });
const routesOf = (type) =>
  Object.entries(METHODS)
    .filter(([, method]) => method.type === type)
    .map(([name]) => route(name));

module.exports = {
  BASE_PATH,
  connect: routesOf('connect'),
  invocation: routesOf('invocation'),
  // The other spellings have no routes of their own: CloudFormation's logical ids tell no `sendDTMF` from `sendDtmf`.
  event: [...routesOf('event'), route('{method}')],
  incoming: routesOf('incoming'),
};
