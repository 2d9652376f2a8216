import Sequencer from '@jest/test-sequencer';

/**
 * Begins with the specs for a browser, the longest of all, so that none of them is left to run alone at the end. Jest itself
 * goes by the size of files where it has no earlier run to go by, and groups of specs are small files.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => (context.config.displayName?.name === 'browser' ? 0 : 1);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
