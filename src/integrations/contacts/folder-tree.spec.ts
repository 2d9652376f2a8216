import { newId } from '../../database/id.js';
import { folderPath, folderTree, inTreeOrder, type Folder, type FolderNode } from './folder-tree.js';

function folder(remoteId: string, parentRemoteId: string | null, more: Partial<Folder> = {}): Folder {
  return {
    ...{ id: newId(), remoteId, parentRemoteId, name: remoteId },
    ...{ isDefault: false, readOnly: false, living: true, ...more },
  };
}

/** `a(b(c) d)` */
function drawn(nodes: readonly FolderNode[]): string {
  return nodes
    .map((node) => `${node.folder.name}${node.below.length > 0 ? `(${drawn(node.below)})` : ''}`)
    .join(' ');
}

describe('The tree of folders', () => {
  it('hangs folders below their parents whatever the order they came in, the default one first', () => {
    const folders = [
      ...[folder('z', 'y'), folder('y', 'Contacts'), folder('Éa', 'Contacts'), folder('eb', 'Contacts')],
      ...[folder('Archive', null), folder('Contacts', 'root', { isDefault: true })],
    ];
    expect(drawn(folderTree(folders))).toBe('Contacts(Éa eb y(z)) Archive');
    expect(inTreeOrder(folderTree(folders)).map(({ name }) => name)).toEqual([
      ...['Contacts', 'Éa', 'eb', 'y', 'z', 'Archive'],
    ]);
  });

  it('keeps folders without contacts only where one with contacts is below', () => {
    const folders = [
      ...[folder('Inbox', null, { living: false }), folder('Mails', 'Inbox', { living: false })],
      ...[folder('Clients', 'Mails'), folder('Empty', 'Inbox', { living: false })],
    ];
    expect(drawn(folderTree(folders))).toBe('Inbox(Mails(Clients))');
    expect(folderPath(folders[2], folders)).toEqual(['Inbox', 'Mails', 'Clients']);
  });

  it('tells ids apart that differ only in case', () => {
    expect(drawn(folderTree([folder('a', null), folder('A', null), folder('x', 'A')]))).toBe('a A(x)');
  });

  it('shows each folder of a ring once', () => {
    const folders = [folder('a', 'b'), folder('b', 'a'), folder('c', 'a'), folder('d', 'd')];
    expect(
      inTreeOrder(folderTree(folders))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is drawn of a server that nests them without end, or says that thousands are below one another in a ring', () => {
    const line = Array.from({ length: 5_000 }, (_, index) =>
      folder(`${index}`, index ? `${index - 1}` : null),
    );
    expect(inTreeOrder(folderTree(line))).toHaveLength(5_000);
    expect(Math.max(...line.map((each) => folderPath(each, line).length))).toBe(100);
    const ring = Array.from({ length: 5_000 }, (_, index) => folder(`${index}`, `${(index + 1) % 5_000}`));
    expect(folderTree(ring)).toHaveLength(5_000);
  });
});
