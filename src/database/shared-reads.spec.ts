import { SharedReads } from './shared-reads.js';

describe('Shared reads', () => {
  it('read for all who ask at one moment once, and never with a reading that began before they asked', async () => {
    const { reads, begun, end } = readings();
    const first = reads.of('a', begun);
    const later = [reads.of('a', begun), reads.of('a', begun)];
    expect(begun).toHaveBeenCalledTimes(1);
    end(0, 'old');
    expect(await first).toBe('old');
    await settled();
    expect(begun).toHaveBeenCalledTimes(2);
    end(1, 'new');
    expect(await Promise.all(later)).toEqual(['new', 'new']);
  });

  it('remember nothing', async () => {
    const { reads, begun, end } = readings();
    const first = reads.of('a', begun);
    end(0, 'old');
    await first;
    await settled();
    const second = reads.of('a', begun);
    end(1, 'new');
    expect(await second).toBe('new');
  });

  it('keep a failure to those who asked, and other questions apart', async () => {
    const { reads, begun, end, fail } = readings();
    const failing = reads.of('a', begun);
    const next = reads.of('a', begun);
    const other = reads.of('b', begun);
    end(1, 'other');
    expect(await other).toBe('other');
    fail(0);
    await expect(failing).rejects.toThrow('gone');
    await settled();
    end(2, 'back');
    expect(await next).toBe('back');
  });
});

function readings() {
  const open: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const begun = jest.fn(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })));
  return {
    reads: new SharedReads<string>(),
    begun,
    end: (which: number, text: string) => open[which].resolve(text),
    fail: (which: number) => open[which].reject(new Error('gone')),
  };
}

function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
