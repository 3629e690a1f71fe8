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
  // The other spellings have no routes of their own: CloudFormation's logical ids tell no `sendDTMF` from `sendDtmf`. The last
  // route takes them, a method with a slash before or behind it, and a newer WCS's: to a function that can do all of it.
  invocation: [...routesOf('invocation'), route('{method+}')],
  event: routesOf('event'),
  incoming: routesOf('incoming'),
};
