import { Problem } from './problem.mjs';

export const help = `Carnet

  npm start                 start Carnet here: packages, database, build, server
  npm run demo              the same, with two made-up companies to look around in
  npm test                  type check, lint and all tests; the last line is "N passed, N failed"
  npm test -- PATTERN…      only the test files whose path matches, without the checks (quick; flags go to jest)
  npm run test:pages        the tests with every page in every language, theme and width
  npm run bench             the benchmark table
  npm run carnet -- help    the operator's commands

Settings come from the environment, all optional: PORT (3000), HOST (127.0.0.1), DATABASE_URL (else a private
database under DATA_DIR), DATA_DIR (.data), and what README.md lists.`;

/**
 * @typedef {{ mode: 'start', demo: boolean } | { mode: 'test', pages: boolean, jest: string[] } | { mode: 'bench', rest: string[] } | { mode: 'help' }} Wish
 * @param {string[]} args
 * @returns {Wish}
 */
export function readArgs(args) {
  const [first, ...rest] = args;
  if (args.includes('--help') || args.includes('-h')) return { mode: 'help' };
  if (first === '--test') {
    return { mode: 'test', pages: rest.includes('--pages'), jest: rest.filter((arg) => arg !== '--pages') };
  }
  if (first === '--bench') return { mode: 'bench', rest };
  const unknown = args.find((arg) => arg !== '--demo');
  if (unknown !== undefined) throw new Problem(`"${unknown}" is not known here; see node bin/up.mjs --help.`);
  return { mode: 'start', demo: args.includes('--demo') };
}
