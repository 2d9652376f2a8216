import { type User } from '../../../src/accounts/user.entity.js';
import { newId, type Id } from '../../../src/database/id.js';
import { removeGroups } from '../../../src/personal-contacts/group-writes.js';
import { type E164 } from '../../../src/phone/e164.js';
import { type TestApp } from '../../support/app.js';
import { contactWith, ListOf } from '../../personal-contacts/list-of.js';

/** What pages of personal contacts need to show. */
export interface KeptContacts {
  /** A group with contacts, and one without. */
  group: Id;
  emptyGroup: Id;
}

const names = [
  'Ada Lovelace',
  'Élodie du Châtelet de la Rochefoucauld-Montbéliard',
  'Łukasz Żak',
  '田中 花子',
  'محمد حسن',
  '9 Lives',
  '😀',
  'Zoé Œuvrard',
];

/** More than one page of contacts, in groups with short and long names, some starred; and a deleted group. */
export async function keptContacts(app: TestApp, owner: User): Promise<KeptContacts> {
  const list = new ListOf(app, owner);
  const [group, long, emptyGroup, deleted] = [
    await list.group('Clients'),
    await list.group('Fournisseurs de matières premières et d’outillage, région Auvergne-Rhône-Alpes'),
    await list.group('Famille'),
    await list.group('Ancien salon'),
  ];
  await list.act('contact-groups.delete', (database, act) => removeGroups(database, act, [deleted]));
  await list.add(
    ...Array.from({ length: 60 }, (_, place) =>
      contactWith({
        ...{ id: newId(), displayName: names[place % names.length], starred: place % 7 === 0 },
        email:
          place % 4 === 0 ? null : `personne.au.nom.assez.long.${place}@fournisseur-de-longue-date.example`,
        organization: place % 3 === 0 ? null : 'Ateliers de construction mécanique de Bourg-en-Bresse',
        mobilePhone: place % 5 === 0 ? null : ('+33612345678' as E164),
        groupIds: (place % 2 === 0 ? [group, long] : []).sort(),
      }),
    ),
  );
  return { group, emptyGroup };
}
