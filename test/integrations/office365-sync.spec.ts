import { type Id } from '../../src/database/new-id.js';
import { CloudFolder, Connection } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { storedCloudContacts } from '../../src/integrations/contacts/cloud-contact-writes.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { type E164 } from '../../src/phone/e164.js';
import { startApp, type TestApp } from '../support/app.js';
import { startMicrosoft } from './office365-harness.js';
import { requestsFollowTheDescription } from './office365-requests.js';

const SCOPES = ['openid', 'profile', 'offline_access', 'User.Read', 'Contacts.ReadWrite', 'Calendars.Read'];

describe('A mailbox at Microsoft 365', () => {
  let app: TestApp;
  let microsoft: Awaited<ReturnType<typeof startMicrosoft>>;
  beforeAll(async () => {
    microsoft = await startMicrosoft();
    const { clientId, clientSecret, authority, graphUrl } = microsoft.settings;
    const env = { MICROSOFT_CLIENT_ID: clientId, MICROSOFT_CLIENT_SECRET: clientSecret };
    app = await startApp({ env: { ...env, MICROSOFT_AUTHORITY: authority, MICROSOFT_GRAPH_URL: graphUrl } });
  });
  afterAll(async () => {
    await app.close();
    await microsoft.close();
  });

  async function sync(id: Id): Promise<Connection> {
    await app.database.query(
      'UPDATE connections SET askedAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3) WHERE id = ?',
      [id],
    );
    await app.get(SyncWorker).runDue();
    return app.database.manager.findOneByOrFail(Connection, { id });
  }

  it('is kept in step both ways, folder by folder, with its calendar', async () => {
    const { fake, oauth } = microsoft;
    const box = fake.mailbox();
    const clients = box.addFolder('Clients');
    const ada = box.addContact({ displayName: 'Ada', businessPhones: ['+33 1 99 00 10 20', '2'] });
    const zoe = box.addContact({ displayName: 'Zoé' }, clients);
    const start = new Date(Date.now() + 86_400_000).toISOString();
    box.calendars.addEvent({
      subject: 'Budget',
      start,
      end: new Date(Date.now() + 90_000_000).toISOString(),
    });
    const { user } = await app.signedIn();
    const { connectionId } = await app.get(Connections).connect(
      user,
      {
        ...{ provider: 'office365', mailboxId: 'tid.oid', accountName: oauth.accounts[0].email, details: {} },
        secret: JSON.stringify(oauth.grant(SCOPES)),
      },
      { contacts: 'write', calendar: 'read' },
    );
    expect(await sync(connectionId)).toMatchObject({
      state: 'connected',
      problem: null,
      calendarProblem: null,
    });
    const here = async (name: string) =>
      [...(await storedCloudContacts(app.database, connectionId)).values()].find(
        ({ displayName }) => displayName === name,
      );
    const acts = app.get(CloudContacts);
    expect(await app.database.query('SELECT title FROM calendar_events')).toEqual([{ title: 'Budget' }]);

    const workPhone = { number: '+33199001021' as E164, typed: null };
    await acts.edit(user, (await here('Ada'))!.id, { fields: {}, phones: { workPhone } }, { version: null });
    const folder = await app.database.manager.findOneByOrFail(CloudFolder, { remoteId: clients.id });
    await acts.add(user, { fields: { displayName: 'Grace' }, phones: {} }, folder.id, null);
    box.edit(zoe, { companyName: 'Acme' });
    oauth.endAccess();
    expect(await sync(connectionId)).toMatchObject({ state: 'connected', problem: null });
    expect(ada.fields).toMatchObject({ businessPhones: ['+33199001021', '2'] });
    expect(box.named('Grace').folderId).toBe(clients.id);
    expect(await here('Zoé')).toMatchObject({ organization: 'Acme', folderIds: [folder.id] });

    box.remove(ada);
    box.expireDeltas();
    expect(await sync(connectionId)).toMatchObject({ state: 'connected', problem: null });
    expect([await here('Ada'), (await here('Grace'))?.problem, box.contacts().length]).toEqual([
      undefined,
      null,
      2,
    ]);
  });

  requestsFollowTheDescription();
});
