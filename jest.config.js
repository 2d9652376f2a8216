/*
 * Three projects: `unit` (pure code, its spec beside it), `application` (real server, real database) and
 * `browser` (Chromium). Before Node 24.9 jest cannot require() ES modules, so everything is turned into CommonJS
 * here, and packages that are ES modules only are named in `esModules`.
 */
const esModules = [
  '@nestjs',
  'intl-messageformat',
  '@formatjs',
  'openid-client',
  'oauth4webapi',
  'jose',
  'uuid',
];

/** `npm test` writes these before (bin/lib/test-groups.mjs says why); a run of single specs does without. */
const groups = process.env.TEST_GROUPS && `<rootDir>/${process.env.TEST_GROUPS}`;

/** Source maps lie in files of their own: within the code they are most of what each test file reads and compiles. */
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: true,
  },
];

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.m?[tj]s$': swc },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/\\.test/(?!groups(/|$))'],
};

/** Starts a database of its own when the run was not given one (`npx jest test/…`), and stops it again. */
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  // One more than the two cores of a build machine: each often waits for the database, a browser or another process.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // Only what hangs takes this long, also on a busy machine.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: groups
        ? [`${groups}/unit/*.spec.js`]
        : ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/launcher/**/*.spec.ts'],
    },
    {
      ...common,
      ...withDatabase,
      displayName: 'application',
      testMatch: groups ? [`${groups}/application/*.spec.js`] : ['<rootDir>/test/**/*.spec.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/launcher/',
        '<rootDir>/test/browser/',
        '\\.browser\\.spec\\.ts$',
      ],
    },
    {
      ...common,
      ...withDatabase,
      displayName: 'browser',
      testMatch: ['<rootDir>/test/browser/**/*.spec.ts', '<rootDir>/test/**/*.browser.spec.ts'],
    },
  ],
};
