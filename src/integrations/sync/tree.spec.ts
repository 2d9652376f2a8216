import { livingFolders } from './tree.js';

const folder = (
  remoteId: string,
  parentRemoteId: string | null,
  role: 'contacts' | 'other' | 'bin' | 'hidden' = 'contacts',
) => ({ remoteId, parentRemoteId, role });

describe('folders that are read', () => {
  it('hold contacts, also below one that does not', () => {
    const folders = [folder('projects', null, 'other'), folder('clients', 'projects'), folder('c', null)];
    expect([...livingFolders(folders)].sort()).toEqual(['c', 'clients']);
  });

  it('are not below the bin, however deep and whatever comes first', () => {
    const folders = [folder('deep', 'old'), folder('old', 'bin'), folder('bin', null, 'bin')];
    expect(livingFolders(folders).size).toBe(0);
  });

  it('are not those programs made, but may be below them', () => {
    const folders = [folder('cache', null, 'hidden'), folder('mine', 'cache')];
    expect([...livingFolders(folders)]).toEqual(['mine']);
  });

  it('tell ids apart that differ in case only', () => {
    const folders = [folder('AAbb', 'bin'), folder('aabb', null), folder('bin', null, 'bin')];
    expect([...livingFolders(folders)]).toEqual(['aabb']);
  });

  it('are found where the parent is not known, or is below its own child', () => {
    const folders = [folder('a', 'b'), folder('b', 'a'), folder('c', 'nowhere')];
    expect([...livingFolders(folders)].sort()).toEqual(['a', 'b', 'c']);
  });

  it('are found in a line of as many as an answer can hold', () => {
    const line = Array.from({ length: 50_000 }, (_, index) => folder(`${index}`, `${index + 1}`));
    expect(livingFolders(line).size).toBe(50_000);
    expect(livingFolders([...line, folder('50000', null, 'bin')]).size).toBe(0);
  });
});
