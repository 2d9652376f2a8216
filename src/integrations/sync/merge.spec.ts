import { type RemoteFields } from '../contacts-connector.js';
import { merge, type Side } from './merge.js';
import { sameField } from './remote-fields.js';

const none: RemoteFields = {
  ...{ displayName: null, email: null, organization: null },
  ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
};
const agreed: Side = {
  fields: {
    ...none,
    displayName: 'Ana Novak',
    email: 'ana@nord.example',
    mobilePhone: '+33 6 12 34 56 78',
  },
  folderIds: ['contacts'],
};
const with_ = (fields: Partial<RemoteFields>, folderIds = agreed.folderIds): Side => ({
  fields: { ...agreed.fields, ...fields },
  folderIds,
});
const merged = (here: Side, there: Side, several = false) =>
  merge(agreed, here, there, (field, one, other) => sameField(field, one, other, 'FR'), several);

describe('three-way merge', () => {
  it('takes what was changed there', () => {
    const { fields, conflicts } = merged(agreed, with_({ email: 'ana@new.example', organization: 'Nord' }));
    expect(fields).toMatchObject({ email: 'ana@new.example', organization: 'Nord' });
    expect(conflicts).toEqual({});
  });

  it('keeps what was changed here, also what was emptied', () => {
    const { fields, ours, conflicts } = merged(with_({ email: null, organization: 'Nord' }), agreed);
    expect(fields).toMatchObject({ email: null, organization: 'Nord', displayName: 'Ana Novak' });
    expect([...ours].sort()).toEqual(['email', 'organization']);
    expect(conflicts).toEqual({});
  });

  it('keeps both changes of different fields', () => {
    const { fields } = merged(with_({ email: 'here@nord.example' }), with_({ displayName: 'Ana N.' }));
    expect(fields).toMatchObject({ email: 'here@nord.example', displayName: 'Ana N.' });
  });

  it('lets the value of the provider stand where both changed one, and says so', () => {
    const { fields, ours, conflicts } = merged(with_({ email: 'here@x.example' }), with_({ email: null }));
    expect(fields.email).toBeNull();
    expect(ours.size).toBe(0);
    expect(conflicts).toEqual({ email: { agreed: 'ana@nord.example', here: 'here@x.example', there: null } });
  });

  it('knows no conflict where both changed one to the same', () => {
    const { conflicts } = merged(with_({ organization: 'Nord' }), with_({ organization: ' Nord ' }));
    expect(conflicts).toEqual({});
  });

  it('takes another spelling of a number for no change', () => {
    const { fields, ours, conflicts } = merged(
      with_({ mobilePhone: '+33698765432' }),
      with_({ mobilePhone: '+33612345678' }),
    );
    expect(fields.mobilePhone).toBe('+33698765432');
    expect([...ours]).toEqual(['mobilePhone']);
    expect(conflicts).toEqual({});
  });

  it('compares numbers nobody can read as text', () => {
    const { conflicts } = merged(with_({ mobilePhone: 'ask Zoé' }), with_({ mobilePhone: 'ask Paul' }));
    expect(conflicts['mobilePhone']).toMatchObject({ here: 'ask Zoé', there: 'ask Paul' });
  });

  describe('of the folder', () => {
    it('follows whoever moved it', () => {
      expect(merged(with_({}, ['family']), agreed).folderIds).toEqual(['family']);
      expect(merged(agreed, with_({}, ['clients'])).folderIds).toEqual(['clients']);
    });

    it('leaves it where the provider has it when both moved it, and says so', () => {
      const { folderIds, conflicts } = merged(with_({}, ['family']), with_({}, ['clients']));
      expect(folderIds).toEqual(['clients']);
      expect(conflicts).toEqual({
        folderIds: { agreed: '["contacts"]', here: '["family"]', there: '["clients"]' },
      });
    });

    it('joins labels given and taken on both sides', () => {
      const { folderIds, conflicts } = merged(
        with_({}, ['contacts', 'family']),
        with_({}, ['clients']),
        true,
      );
      expect(folderIds).toEqual(['clients', 'family']);
      expect(conflicts).toEqual({});
    });
  });
});
