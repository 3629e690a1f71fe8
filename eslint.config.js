import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** The rooms of lib/ that each room may import, and no other; CONTRIBUTING.md has the same arrows in one line. */
const MAY_IMPORT = {
  wcs: [],
  state: ['wcs'],
  access: ['wcs', 'state'],
  platform: ['wcs', 'access'],
  store: ['wcs', 'state', 'platform'],
  settings: ['wcs', 'state', 'access', 'platform', 'store'],
  jobs: ['state', 'platform', 'store'],
  hooks: ['wcs', 'state', 'access', 'platform', 'store', 'settings'],
  board: ['wcs', 'state', 'access', 'platform', 'store', 'settings'],
  http: ['wcs', 'state', 'access', 'platform', 'settings', 'hooks'],
  composition: ['wcs', 'state', 'access', 'platform', 'store', 'settings', 'hooks', 'board', 'http'],
};
const ROOMS = Object.keys(MAY_IMPORT);
const AWS = ['@aws-sdk/*', '@smithy/*'];
const GATEWAY = ['@middy/*', 'aws-lambda'];
/** The packages that a room must not know. */
const NOT_FOR = {
  ...{ wcs: [...AWS, ...GATEWAY], state: [...AWS, ...GATEWAY], access: [...AWS, ...GATEWAY] },
  ...{
    platform: GATEWAY,
    store: GATEWAY,
    settings: [...AWS, ...GATEWAY],
    jobs: AWS,
    hooks: [...AWS, '@middy/*'],
    board: [...AWS, '@middy/*'],
    http: AWS,
    // The type of DynamoDB's client alone: whoever composes passes it on.
    composition: GATEWAY,
  },
};
const arrowsOf = (room) => ({
  files: [`lib/${room}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [
              ...ROOMS.filter((other) => other !== room && !MAY_IMPORT[room].includes(other)).map(
                (other) => `../${other}/*`,
              ),
              ...['../../functions/*', '../../infra/*'],
              ...NOT_FOR[room],
            ],
            message: `lib/${room} may import ${MAY_IMPORT[room].join(', ') || 'no other room'} (eslint.config.js)`,
            allowTypeImports: false,
          },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist/', '.serverless/', '.local/', '.cloud/', '.runtime/', '.mutation/', '.browser/', 'coverage/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
    },
  },
  // A caller's text may reach any of them: their time grows no faster than the text.
  {
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  ...ROOMS.map(arrowsOf),
  {
    files: ['lib/board/page/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['../*', 'node:*'], message: 'the page runs in a browser: it imports its own files alone' },
          ],
        },
      ],
    },
  },
  {
    files: ['lib/wcs/**', 'lib/state/**', 'lib/access/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'time is an argument here' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time is an argument here' },
        { selector: "MemberExpression[object.name='process']", message: 'settings are arguments here' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'no chance in a rule' },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false, program: null } },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
