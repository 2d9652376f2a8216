import { readFolderChange, readTreeCursor } from './exchange-folders.js';
import { readXml } from './reader.js';

const known = { root: 'ROOT', contacts: 'CONTACTS', bin: 'BIN' };
const read = (inner: string, kind = 'ContactsFolder') =>
  readFolderChange(
    readXml(
      `<Create><${kind}><FolderId Id="F" ChangeKey="K"/><ParentFolderId Id="P"/>${inner}</${kind}></Create>`,
    ),
    known,
    '0x10f4',
  );
const roleOf = (inner: string, kind?: string) => {
  const change = read(inner, kind);
  return change?.kind === 'folder' ? change.folder.role : null;
};
const ofClass = (name: string) => `<FolderClass>${name}</FolderClass>`;
const hidden = (value: string, tag = '0x10f4') =>
  `<ExtendedProperty><ExtendedFieldURI PropertyTag="${tag}" PropertyType="Boolean"/><Value>${value}</Value></ExtendedProperty>`;

describe('Folders of Exchange', () => {
  it.each([
    ['IPF.Contact', 'contacts'],
    ['ipf.contact', 'contacts'],
    ['IPF.Contact.RecipientCache', 'hidden'],
    ['IPF.Contact.MOC.QuickContacts', 'hidden'],
    ['IPF.Contact.MOC.ImContactList', 'hidden'],
    ['IPF.Contact.GalContacts', 'hidden'],
    ['IPF.Contact.OrganizationalContacts', 'hidden'],
    ['IPF.Contact.PeopleCentricConversationBuddies', 'hidden'],
    ['IPF.Contact.Company', 'hidden'],
    ['IPF.Contact.Ours', 'other'],
    ['IPF.ContactX', 'other'],
    ['IPF.Note', 'other'],
    ['IPF.Appointment', 'other'],
  ])('%s is %s', (name, role) => expect(roleOf(ofClass(name))).toBe(role));

  it('goes by the kind of folder where no class is told', () => {
    expect(roleOf('')).toBe('contacts');
    expect(roleOf('', 'Folder')).toBe('other');
  });

  it.each([
    [hidden('true'), 'hidden'],
    [hidden('1', '0x10F4'), 'hidden'],
    [hidden('true', '4340'), 'hidden'],
    [hidden('false'), 'contacts'],
    [hidden('true', '0x3001'), 'contacts'],
  ])('leaves out what is marked as hidden: %s', (property, role) => expect(roleOf(property)).toBe(role));

  it('knows the bin, the default, the top and what may not be written', () => {
    const folder = (id: string, parent: string, rights = '') =>
      readFolderChange(
        readXml(
          `<Update><ContactsFolder><FolderId Id="${id}"/><ParentFolderId Id="${parent}"/><DisplayName>é</DisplayName>${rights}</ContactsFolder></Update>`,
        ),
        known,
        '0x10f4',
      );
    const rights = '<EffectiveRights><CreateContents>false</CreateContents></EffectiveRights>';
    expect(folder('BIN', 'ROOT')).toMatchObject({ folder: { role: 'bin', parentId: null } });
    expect(folder('CONTACTS', 'ROOT')).toMatchObject({
      folder: { role: 'contacts', isDefault: true, parentId: null, name: 'é', readOnly: false },
    });
    expect(folder('contacts', 'BIN', rights)).toMatchObject({
      folder: { isDefault: false, parentId: 'BIN', readOnly: true },
    });
  });

  it('reads what is gone', () =>
    expect(readFolderChange(readXml('<Delete><FolderId Id="F"/></Delete>'), known, '0x10f4')).toEqual({
      ...{ kind: 'removed', remoteId: 'F' },
    }));

  it.each([
    '',
    'x',
    '{}',
    '{"state":"s"}',
    '{"state":1,"known":{"root":"a","contacts":"b","bin":"c"}}',
    'null',
  ])('does not take %j for a cursor', (cursor) => expect(readTreeCursor(cursor)).toBeNull());

  it.each(['', 'L'.repeat(513), 'caf\u00e9', 'abc '])('is none where its id is %j', (id) => {
    const folder = (own: string, parent: string) =>
      readFolderChange(
        readXml(
          `<Create><ContactsFolder><FolderId Id="${own}"/><ParentFolderId Id="${parent}"/></ContactsFolder></Create>`,
        ),
        known,
        '0x10f4',
      );
    expect(folder(id, 'P')).toBeNull();
    expect(folder('F', id)).toMatchObject({ folder: { remoteId: 'F', parentId: null } });
    expect(readFolderChange(readXml(`<Delete><FolderId Id="${id}"/></Delete>`), known, '0x10f4')).toBeNull();
  });
});
