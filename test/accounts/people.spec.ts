import { type Account } from '../../src/accounts/account.entity.js';
import { Counters } from '../../src/accounts/counters.service.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { Invitations } from '../../src/accounts/invitations.service.js';
import { EditConflict, People } from '../../src/accounts/people.service.js';
import { type NewPerson } from '../../src/accounts/person.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User, type Status } from '../../src/accounts/user.entity.js';
import { AccountEvents, type AccessEnded } from '../../src/accounts/events.js';
import { noFacts, operator, type Actor } from '../../src/journal/actor.js';
import { AuditEntry, JournalEntry } from '../../src/journal/journal.entities.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { startApp, type TestApp } from '../support/app.js';

const facts = { requestId: 'r1', address: '192.0.2.1' };
const ada: NewPerson = { email: 'ada@atelier.example', givenName: 'Ada', familyName: 'Lovelace' };

describe('people', () => {
  let app: TestApp;
  let people: People;
  let invitations: Invitations;
  let standing: Standing;
  let account: Account;
  let owner: User;
  let admin: User;

  beforeAll(async () => {
    app = await startApp();
    people = app.get(People);
    invitations = app.get(Invitations);
    standing = app.get(Standing);
  });

  beforeEach(async () => {
    account = await app.anAccount();
    owner = await app.aUser({ account, role: 'owner' });
    admin = await app.aUser({ account, role: 'admin' });
  });

  afterAll(() => app.close());

  const userRow = (id: string) => app.database.getRepository(User).findOneByOrFail({ id });
  const counts = () => app.get(Counters).of(account.id);
  const mailsTo = (toAddress: string) =>
    app.database.getRepository(Mail).findBy({ accountId: account.id, toAddress });
  const linkOf = (userId: string) => app.database.getRepository(OneTimeLink).findOneByOrFail({ userId });
  const counted = async () => {
    const rows = await app.database.query<{ status: Status; people: string }[]>(
      'SELECT status, COUNT(*) AS people FROM users WHERE accountId = ? AND liveKey = 1 GROUP BY status',
      [account.id],
    );
    return {
      active: 0,
      pending: 0,
      deactivated: 0,
      erased: 0,
      ...Object.fromEntries(rows.map((row) => [row.status, Number(row.people)])),
    };
  };

  describe('invite', () => {
    it('adds a pending person with groups, one mail, a link, journal and audit', async () => {
      const { id, batchId } = await invitations.invite(admin, facts, {
        ...ada,
        manager: owner.email,
        userGroups: ['Vente'],
        chatGroups: ['Étage 2', 'etage 2'],
      });
      expect(await people.find(account.id, id)).toMatchObject({
        user: { status: 'pending', role: 'member', managerId: owner.id, sortKey: 'lovelace ada' },
        manager: owner.email,
        userGroups: ['Vente'],
        chatGroups: ['etage 2'],
      });
      const [mail, ...more] = await mailsTo(ada.email);
      expect(more).toEqual([]);
      expect(mail).toMatchObject({ state: 'kept', template: 'activation', linkId: (await linkOf(id)).id });
      expect(await app.database.getRepository(JournalEntry).findOneBy({ subjectId: id })).toMatchObject({
        batchId,
        action: 'created',
      });
      expect(await app.database.getRepository(AuditEntry).findOneBy({ targetId: id })).toMatchObject({
        action: 'users.invite',
        actorId: admin.id,
        address: facts.address,
        requestId: facts.requestId,
        batchId,
      });
      expect(await counts()).toEqual({ active: 2, pending: 1, deactivated: 0, erased: 0 });
    });

    it.each<Status>(['active', 'pending', 'deactivated'])(
      'says that somebody is %s already',
      async (status) => {
        const known = await app.aUser({ account, status });
        const again = invitations.invite(admin, facts, { ...ada, email: known.email });
        await expect(again).rejects.toMatchObject({
          status: 409,
          key: `accounts.already-${status}`,
          values: { email: known.email, id: known.id },
        });
        expect(await mailsTo(known.email)).toEqual([]);
      },
    );

    it('says nothing of an address of another company', async () => {
      const elsewhere = await app.aUser();
      await invitations.invite(admin, facts, { ...ada, email: elsewhere.email });
      expect(await mailsTo(elsewhere.email)).toHaveLength(1);
    });

    it('makes one person of two invitations at once', async () => {
      const tries = await Promise.allSettled(
        Array.from({ length: 4 }, () => invitations.invite(admin, facts, ada)),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const attempt of tries) {
        if (attempt.status === 'rejected')
          expect(attempt.reason).toMatchObject({ key: 'accounts.already-pending' });
      }
      expect(await mailsTo(ada.email)).toHaveLength(1);
      expect(await counts()).toEqual(await counted());
    });

    it('lets only owners give a role', async () => {
      await expect(invitations.invite(admin, facts, { ...ada, role: 'admin' })).rejects.toMatchObject({
        status: 403,
      });
      await expect(invitations.invite(owner, facts, { ...ada, role: 'admin' })).resolves.toBeDefined();
    });

    it('refuses a manager nobody knows', async () => {
      const invitation = invitations.invite(admin, facts, { ...ada, manager: 'nobody@atelier.example' });
      await expect(invitation).rejects.toMatchObject({ key: 'accounts.manager-unknown' });
      expect(await counts()).toMatchObject({ pending: 0 });
    });

    it('invites those of a list who are not here yet', async () => {
      const list = [
        ada,
        { ...ada },
        { ...ada, email: owner.email },
        { ...ada, email: 'grace@atelier.example' },
      ];
      const { invited, already } = await invitations.inviteMany(admin, facts, list);
      expect(invited.map(({ email }) => email)).toEqual([ada.email, 'grace@atelier.example']);
      expect(already).toEqual([{ id: owner.id, email: owner.email, status: 'active' }]);
    });
  });

  it('keeps the counters exact while people come and go at once', async () => {
    const invited = await invitations.inviteMany(
      admin,
      facts,
      Array.from({ length: 12 }, (_, place) => ({ ...ada, email: `p${place}@atelier.example` })),
    );
    const ids = invited.invited.map(({ id }) => id);
    await Promise.all([
      ...ids.slice(0, 6).map((id) => invitations.cancel(admin, facts, [id])),
      invitations.cancel(owner, facts, ids.slice(3, 9)),
      ...Array.from({ length: 6 }, (_, place) =>
        invitations.invite(admin, facts, { ...ada, email: `q${place}@atelier.example` }),
      ),
    ]);
    expect(await counts()).toEqual({ active: 2, pending: 9, deactivated: 0, erased: 0 });
    expect(await counted()).toEqual({ active: 2, pending: 9, deactivated: 0, erased: 0 });
  });

  describe('resend', () => {
    it('writes a new mail with the same link and starts the 30 days again', async () => {
      const { id } = await invitations.invite(admin, facts, ada);
      await app.database.query(
        `UPDATE one_time_links SET expiresAt = '2020-01-01 00:00:00' WHERE userId = ?`,
        [id],
      );
      expect(await invitations.resend(admin, facts, [id])).toMatchObject({ done: 1, left: [] });
      const link = await linkOf(id);
      expect(app.get(OneTimeLinks).stateOf(link)).toBe('open');
      const mails = await mailsTo(ada.email);
      expect(mails.map(({ linkId }) => linkId)).toEqual([link.id, link.id]);
    });

    it('passes over who is not pending, and people of other companies', async () => {
      const stranger = await app.aUser({ status: 'pending' });
      expect(await invitations.resend(admin, facts, [owner.id, stranger.id])).toEqual({
        done: 0,
        left: [owner.id, stranger.id].map((id) => ({ id, key: 'accounts.not-pending' })),
        batchId: null,
      });
    });
  });

  describe('cancelInvitation', () => {
    const invitedAda = async () => {
      const { id } = await invitations.invite(admin, facts, {
        ...ada,
        userGroups: ['Vente'],
        chatGroups: ['Étage 2'],
      });
      return id;
    };

    it('takes the person away and closes the link', async () => {
      const id = await invitedAda();
      await invitations.cancel(admin, facts, [id]);
      await expect(people.find(account.id, id)).rejects.toMatchObject({ status: 404 });
      expect(app.get(OneTimeLinks).stateOf(await linkOf(id))).toBe('withdrawn');
      expect(await counts()).toEqual({ active: 2, pending: 0, deactivated: 0, erased: 0 });
      expect(await invitations.invite(admin, facts, ada)).toBeDefined();
    });

    it('can be undone once, with groups and link', async () => {
      const id = await invitedAda();
      const { batchId } = await invitations.cancel(admin, facts, [id]);
      expect(await invitations.restore(admin, facts, batchId ?? '')).toMatchObject({ done: 1, left: [] });
      expect(await people.find(account.id, id)).toMatchObject({
        user: { status: 'pending' },
        userGroups: ['Vente'],
        chatGroups: ['Étage 2'],
      });
      expect(app.get(OneTimeLinks).stateOf(await linkOf(id))).toBe('open');
      expect(await counts()).toEqual({ active: 2, pending: 1, deactivated: 0, erased: 0 });
      await expect(invitations.restore(admin, facts, batchId ?? '')).rejects.toMatchObject({ status: 409 });
    });

    it('leaves gone who was invited anew since', async () => {
      const id = await invitedAda();
      const { batchId } = await invitations.cancel(admin, facts, [id]);
      await invitations.invite(admin, facts, ada);
      expect(await invitations.restore(admin, facts, batchId ?? '')).toMatchObject({
        done: 0,
        left: [{ id, key: 'accounts.address-taken-again' }],
      });
    });

    it('is not undone after 30 days, nor by another company', async () => {
      const { batchId } = await invitations.cancel(admin, facts, [await invitedAda()]);
      const stranger = await app.aUser({ role: 'owner' });
      await expect(invitations.restore(stranger, facts, batchId ?? '')).rejects.toMatchObject({
        status: 404,
      });
      await app.database.query('UPDATE journal_batches SET at = DATE_SUB(at, INTERVAL 31 DAY) WHERE id = ?', [
        batchId,
      ]);
      await expect(invitations.restore(admin, facts, batchId ?? '')).rejects.toMatchObject({
        key: 'accounts.undo-over',
      });
    });
  });

  describe('edit', () => {
    it('changes fields, groups and keys, and journals what was and is', async () => {
      const { id } = await invitations.invite(admin, facts, { ...ada, userGroups: ['Vente'] });
      const user = await people.edit(admin, facts, id, 1, {
        familyName: 'Byron',
        userGroups: ['Achats'],
        department: null,
      });
      expect(user).toMatchObject({ familyName: 'Byron', sortKey: 'byron ada', revision: 2 });
      const entry = await app.database
        .getRepository(JournalEntry)
        .findOneByOrFail({ subjectId: id, action: 'changed' });
      expect(entry.changes).toEqual({
        familyName: ['Lovelace', 'Byron'],
        userGroups: [['Vente'], ['Achats']],
      });
    });

    it('does nothing when nothing differs', async () => {
      const { id } = await invitations.invite(admin, facts, { ...ada, userGroups: ['Vente'] });
      expect(
        await people.edit(admin, facts, id, 1, { givenName: 'Ada', userGroups: ['vente'] }),
      ).toMatchObject({ revision: 1 });
    });

    it('shows the present values when somebody was faster', async () => {
      const { id } = await invitations.invite(admin, facts, ada);
      const edits = await Promise.allSettled([
        people.edit(admin, facts, id, 1, { department: 'Legal' }),
        people.edit(owner, facts, id, 1, { department: 'Sales' }),
      ]);
      const won = edits.find((edit) => edit.status === 'fulfilled');
      const lost = edits.find((edit) => edit.status === 'rejected');
      expect(lost?.reason).toBeInstanceOf(EditConflict);
      expect((lost?.reason as EditConflict).present.user.department).toBe(won?.value.department);
    });

    it('keeps admins away from owners, and strangers from everybody', async () => {
      await expect(people.edit(admin, facts, owner.id, 1, { jobTitle: 'x' })).rejects.toMatchObject({
        status: 403,
      });
      const stranger = await app.aUser({ role: 'owner' });
      await expect(people.edit(stranger, facts, admin.id, 1, { jobTitle: 'x' })).rejects.toMatchObject({
        status: 404,
      });
    });

    it('names an extension that is taken', async () => {
      await app.aUser({ account, extension: '101' });
      const edit = people.edit(owner, facts, admin.id, 1, { extension: '101' });
      await expect(edit).rejects.toMatchObject({
        key: 'accounts.extension-taken',
        values: { extension: '101' },
      });
    });
  });

  describe('status and role', () => {
    it('deactivates and reactivates, and tells that access has ended', async () => {
      const told: Omit<AccessEnded, 'manager'>[] = [];
      app
        .get(AccountEvents)
        .accessEnded.subscribe(({ manager: _, ...news }) => Promise.resolve(void told.push(news)));
      const user = await app.aUser({ account });
      expect(await standing.deactivate(admin, facts, [user.id])).toMatchObject({ done: 1 });
      expect(await counts()).toEqual({ active: 2, pending: 0, deactivated: 1, erased: 0 });
      expect(told).toEqual([{ accountId: account.id, userIds: [user.id], reason: 'deactivated' }]);
      expect(await standing.reactivate(admin, facts, [user.id])).toMatchObject({ done: 1 });
      expect(await userRow(user.id)).toMatchObject({ status: 'active', deactivatedAt: null });
      expect(await counts()).toEqual({ active: 3, pending: 0, deactivated: 0, erased: 0 });
    });

    it('keeps the last owner when two are taken away at once', async () => {
      const second = await app.aUser({ account, role: 'owner' });
      const operating: Actor = operator(account.id);
      await Promise.allSettled([
        standing.deactivate(operating, noFacts, [owner.id]),
        standing.changeRole(operating, noFacts, [second.id], 'admin'),
        standing.deactivate(operating, noFacts, [second.id]),
      ]);
      const owners = await app.database
        .getRepository(User)
        .countBy({ accountId: account.id, role: 'owner', status: 'active' });
      expect(owners).toBe(1);
    });

    it('says why somebody is left as they are', async () => {
      expect((await standing.deactivate(admin, facts, [owner.id])).left).toEqual([
        { id: owner.id, key: 'accounts.owner-by-owner' },
      ]);
      expect((await standing.deactivate(owner, facts, [owner.id])).left).toEqual([
        { id: owner.id, key: 'accounts.not-yourself' },
      ]);
      expect((await standing.deactivate(operator(account.id), noFacts, [owner.id])).left).toEqual([
        { id: owner.id, key: 'accounts.last-owner' },
      ]);
      expect((await standing.changeRole(owner, facts, [owner.id], 'member')).left).toEqual([
        { id: owner.id, key: 'accounts.last-owner' },
      ]);
      await expect(standing.changeRole(admin, facts, [admin.id], 'owner')).rejects.toMatchObject({
        status: 403,
      });
    });
  });

  it('marks somebody who is put into a restricted chat group by name', async () => {
    const { id } = await invitations.invite(admin, facts, { ...ada, chatGroups: ['Direction'] });
    await app.database.query(`UPDATE chat_groups SET kind = 'restricted' WHERE accountId = ?`, [account.id]);
    const { id: second } = await invitations.invite(admin, facts, {
      ...ada,
      email: 'b@atelier.example',
      chatGroups: ['direction'],
    });
    expect(await userRow(second)).toMatchObject({ restricted: true });
    await people.edit(admin, facts, second, 1, { chatGroups: [] });
    expect(await userRow(second)).toMatchObject({ restricted: false });
    expect(await userRow(id)).toMatchObject({ restricted: false });
  });
});
