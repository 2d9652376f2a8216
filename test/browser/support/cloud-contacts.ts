import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { CloudContacts } from '../../../src/integrations/contacts/cloud-contacts.service.js';
import { type E164 } from '../../../src/phone/e164.js';
import { type TestApp } from '../../support/app.js';
import { MailboxOf } from '../../integrations/mailbox-of.js';

/** What pages of cloud contacts need to show. */
export interface CloudPages {
  /** The connection that works. */
  mailbox: Id;
  /** Six levels down. */
  deepFolder: Id;
  emptyFolder: Id;
  /** In step with all there is to say; waiting, refused, disputed. */
  whole: Id;
  waiting: Id;
  refused: Id;
  disputed: Id;
  /** Changed since a form was opened on it, and that form's version. */
  changed: Id;
  changedFrom: string;
  binned: Id;
}

const names = [
  'Ada Lovelace',
  'Élodie du Châtelet de la Rochefoucauld-Montbéliard',
  '田中 花子',
  'Łukasz Żak',
];

/** Two mailboxes, one of which asks to sign in, with folders six deep, more than one page, and each state of a contact. */
export async function cloudContacts(app: TestApp, owner: User): Promise<CloudPages> {
  const first = await MailboxOf.connect(app, owner, {
    accountName: 'prenom.nom.tres.long@fournisseur-de-longue-date.example',
  });
  const second = await MailboxOf.connect(app, owner, {
    ...{ provider: 'google', accountName: 'moi@second.example', state: 'needs-sign-in', contacts: 'read' },
  });
  const inbox = await first.addFolder('Boîte de réception', null, { role: 'other', living: false });
  let deepFolder = inbox;
  for (const name of ['Clients', 'Région Auvergne-Rhône-Alpes', 'Lyon', '3e', 'Part-Dieu', 'Étage 12'])
    deepFolder = await first.addFolder(name, deepFolder);
  const emptyFolder = await first.addFolder('Archives', first.folder);
  await first.addFolder('Annuaire partagé', first.folder, { readOnly: true });
  const many = await first.add(
    ...Array.from({ length: 56 }, (_, place) => ({
      ...{ displayName: names[place % names.length], starred: place % 7 === 0, isPrivate: place % 9 === 0 },
      email:
        place % 4 === 0 ? null : `personne.au.nom.assez.long.${place}@fournisseur-de-longue-date.example`,
      organization: place % 3 === 0 ? null : 'Ateliers de construction mécanique de Bourg-en-Bresse',
      mobilePhone: place % 5 === 0 ? null : ('+33612345678' as E164),
      folderIds: [place % 2 === 0 ? deepFolder : first.folder],
    })),
  );
  await second.add({ displayName: 'Zoé Œuvrard' });
  const [whole] = await first.add({
    ...{
      displayName: 'Aaron Abel',
      email: 'aaron@example.com',
      organization: 'Abel & fils',
      isPrivate: true,
    },
    ...{ workPhone: '+33140205050', mobilePhone: '+33612345678' },
    typedPhones: { workPhone: '+33 1 40 20 50 50 poste 12' },
  });
  await first.changedThere(whole, {
    organization: 'Abel & filles',
    typedPhones: { workPhone: '+33 1 40 20 50 50 poste 12', homePhone: 'demander à Béa' },
  });
  const [waiting, refused, disputed, changed, binned, binnedThere] = many;
  const contacts = app.get(CloudContacts);
  const edit = (fields: { displayName?: string; organization?: string }) => ({ fields, phones: {} });
  for (const id of [waiting, refused])
    await contacts.edit(owner, id, edit({ displayName: 'Abe Attente' }), { version: null });
  await first.refuse(refused);
  await first.dispute(disputed);
  const changedFrom = String((await first.contact(changed)).version);
  await first.changedThere(changed, { organization: 'Là-bas' });
  await contacts.remove(owner, [binned]);
  await first.deletedThere(binnedThere);
  return {
    mailbox: first.id,
    deepFolder,
    emptyFolder,
    whole,
    waiting,
    refused,
    disputed,
    changed,
    changedFrom,
    binned: binnedThere,
  };
}
