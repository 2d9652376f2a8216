import Sequencer from '@jest/test-sequencer';

/**
 * Begins with the specs for a browser, the longest of all, then those that start the application in processes of their own, so
 * that none of them is left to run alone at the end. Jest itself goes by the size of files where it has no earlier run to go by,
 * and groups of specs are small files.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context, path }) => {
      if (context.config.displayName?.name === 'browser') return 0;
      return /\/(cli|imports|integrations)-\d+\.spec\.js$/.test(path) ? 1 : 2;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
