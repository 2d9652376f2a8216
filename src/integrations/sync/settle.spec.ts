import { nowhere, type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { emptyContact } from '../contacts/edited.js';
import { remoteFieldsOf } from './remote-fields.js';
import { pairsOf } from './settle.js';

const contact = (id: string, displayName: string): StoredCloudContact => {
  const at = new Date(0);
  const fields = remoteFieldsOf({ ...emptyContact, displayName }, null);
  return {
    ...{ id, connectionId: 'c', version: 1, isPrivate: false, starred: false, folderIds: [] },
    ...{ pending: null, pendingSince: null, createdByBatch: 'b', deletedByBatch: null },
    ...{ createdAt: at, updatedAt: at, deletedAt: null },
    ...{ ...emptyContact, ...nowhere, displayName, remoteId: id, agreed: { fields, folderIds: ['f'] } },
  };
};
const named = (pairs: ReturnType<typeof pairsOf>) => pairs.map(([ours, arrival]) => [ours.id, arrival.id]);

describe('what is new there', () => {
  it('is the contact whose client id it carries, whatever it is called by now', () => {
    const arrival = { row: contact('new', 'Renamed'), arrivedAs: 'gone' };
    expect(named(pairsOf([contact('gone', 'Ana')], [arrival]))).toEqual([['gone', 'new']]);
  });

  it('is the one that is gone with the same fields', () => {
    const arrival = { row: contact('new', 'Ana'), arrivedAs: 'new' };
    expect(named(pairsOf([contact('one', 'Bo'), contact('gone', 'Ana')], [arrival]))).toEqual([
      ['gone', 'new'],
    ]);
  });

  it('is another one where it could be two', () => {
    const gone = [contact('a', 'Ana'), contact('b', 'Ana')];
    const arrivals = ['new', 'newer'].map((id) => ({ row: contact(id, 'Ana'), arrivedAs: id }));
    expect(pairsOf(gone, arrivals.slice(0, 1))).toEqual([]);
    expect(pairsOf(gone.slice(0, 1), arrivals)).toEqual([]);
  });

  it('is taken once', () => {
    const arrival = { row: contact('new', 'Ana'), arrivedAs: 'a' };
    expect(named(pairsOf([contact('b', 'Ana'), contact('a', 'Ana')], [arrival]))).toEqual([['a', 'new']]);
  });
});
