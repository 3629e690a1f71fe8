import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** Arrows go one way: functions → http → (wcs, state, access) ← store. The rules of the protocol know no AWS, no middy, no clock. */
const EDGES = ['@aws-sdk/*', '@smithy/*', '@middy/*', 'aws-lambda', '@aws-lambda-powertools/*'];
const mayNotImport = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message, allowTypeImports: false }] }] },
});

export default tseslint.config(
  { ignores: ['dist/', '.serverless/', '.local/', '.cloud/', '.runtime/', '.mutation/', 'coverage/'] },
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
  mayNotImport(
    ['lib/wcs/**'],
    [...EDGES, '**/state/*', '**/access/*', '**/store/*', '**/http/*', '**/settings.ts', '**/deps.ts', '**/log.ts'],
    'lib/wcs is the protocol and nothing else',
  ),
  mayNotImport(
    ['lib/state/**', 'lib/access/**'],
    [...EDGES, '**/store/*', '**/http/*', '**/settings.ts', '**/deps.ts', '**/log.ts'],
    'lib/state and lib/access are pure rules',
  ),
  mayNotImport(['lib/store/**'], ['@middy/*', 'aws-lambda', '**/http/*'], 'lib/store knows AWS but no HTTP'),
  mayNotImport(['lib/http/**'], ['@aws-sdk/*', '@smithy/*'], 'lib/http knows middy but no AWS client'),
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
