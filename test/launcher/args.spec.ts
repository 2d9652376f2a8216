import { readArgs } from '../../bin/lib/args.mjs';

describe('the arguments of the launcher', () => {
  it('start a server without any', () => {
    expect(readArgs([])).toEqual({ mode: 'start', demo: false });
    expect(readArgs(['--demo'])).toEqual({ mode: 'start', demo: true });
  });

  it('hand everything but --pages to jest', () => {
    expect(readArgs(['--test', '--pages'])).toEqual({ mode: 'test', pages: true, jest: [] });
    expect(readArgs(['--test', 'src/phone', '-t', 'keeps'])).toEqual({
      mode: 'test',
      pages: false,
      jest: ['src/phone', '-t', 'keeps'],
    });
  });

  it('are refused when unknown', () => {
    expect(() => readArgs(['--dmeo'])).toThrow('"--dmeo" is not known here');
  });
});
