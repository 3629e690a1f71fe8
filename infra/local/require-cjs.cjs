// Lambda's own runtime client finds a handler in a .cjs file; MiniStack's only tries the extensions that `require` knows.
require.extensions['.cjs'] ??= require.extensions['.js'];
