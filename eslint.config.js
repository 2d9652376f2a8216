import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';

const require = createRequire(import.meta.url);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '.test/', 'test/data/'] },
  // Nobody switches a rule off in a file: a rule that is wrong for us changes here, once, with its reason.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSAsExpression > TSAnyKeyword', message: 'Name the type instead of `as any`.' },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    ignores: ['public/**'],
    languageOptions: { globals: readonly(Object.getOwnPropertyNames(globalThis)) },
  },
  {
    files: ['public/js/**/*.js'],
    languageOptions: { sourceType: 'module', globals: readonly(browserGlobals()) },
  },
  prettier,
);

/** The names TypeScript knows in a browser: complete and never out of date, without another package. */
function browserGlobals() {
  const declarations = readFileSync(require.resolve('typescript/lib/lib.dom.d.ts'), 'utf8');
  return [...declarations.matchAll(/^declare (?:var|let|const|function) (\w+)/gm)].map(([, name]) => name);
}

function readonly(names) {
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
