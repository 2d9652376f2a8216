import { type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Account } from './accounts/account.entity.js';
import { CompanySettings } from './accounts/company-settings.service.js';
import { User } from './accounts/user.entity.js';
import { Founding } from './auth/founding.service.js';
import { Passwords } from './auth/passwords.service.js';
import { type Id } from './database/id.js';
import { inTransaction } from './database/transaction.js';
import { Asking } from './external-contacts/requests/asking.service.js';
import { RequestDelivery } from './external-contacts/requests/delivery.service.js';
import { ReceivedAnswers, type Act } from './external-contacts/requests/received-answers.service.js';
import { ExternalActs } from './external-contacts/list/external-acts.service.js';
import { noFacts } from './journal/actor.js';
import { type SignedIn } from './web/signed-in.js';

/** Somebody with an account of her own, whom both companies know. */
const lea = { email: 'lea.martin@studio-quai.example', givenName: 'Léa', familyName: 'Martin' };
const camille = 'camille.lefevre@atelier-nord.example';
const noemie = 'noemie.le-guen@atelier-nord.example';
const elodie = 'elodie.benoit@atelier-nord.example';
const aoife = 'aoife.davies@harbour-pine.example';
const harry = 'harry.le-fanu@harbour-pine.example';
const priya = 'priya.raman@harbour-pine.example';

interface Story {
  from: string;
  to: string;
  message?: string;
  /** What the receiver does; absent: it waits. */
  act?: Act;
  /** It was sent so many days ago. */
  days: number;
}

/** In the order it happened. */
const requests: Story[] = [
  {
    ...{ from: camille, to: aoife, act: 'accept', days: 40 },
    message: 'Bonjour Aoife, restons en contact pour le chantier de Bristol.',
  },
  { from: camille, to: 'accueil@menuiserie-loire.example', days: 34 },
  { from: priya, to: camille, act: 'accept', days: 28 },
  { from: camille, to: 'grace.adeyemi@harbour-pine.example', act: 'accept', days: 21 },
  { from: aoife, to: elodie, act: 'accept', days: 20 },
  { from: harry, to: noemie, act: 'accept', days: 18 },
  { from: camille, to: lea.email, act: 'accept', days: 15 },
  { from: lea.email, to: aoife, act: 'accept', days: 12 },
  { from: 'fatou.diop@atelier-nord.example', to: aoife, act: 'accept', days: 11 },
  { from: aoife, to: 'chloe.colin@atelier-nord.example', act: 'accept', days: 10 },
  { from: aoife, to: 'sales@quayside-timber.example', days: 35 },
  { from: camille, to: 'oliver.whitfield@harbour-pine.example', act: 'decline', days: 9 },
  { from: aoife, to: 'lukasz.zak@atelier-nord.example', act: 'decline', days: 8 },
  { from: 'mei.chen@harbour-pine.example', to: camille, message: 'Buy now!', act: 'block', days: 6 },
  { from: camille, to: 'nina.berg@studio-quai.example', message: 'Merci pour les plans !', days: 3 },
  { from: aoife, to: 'desk@northlight.example', days: 2 },
  {
    ...{ from: 'karl-heinz.fischer@harbour-pine.example', to: camille, days: 1 },
    message: 'Dear Camille,\nwe met at the fair in Leeds. May I send you our new price list?',
  },
  {
    ...{ from: 'maria.nunez@atelier-nord.example', to: aoife, days: 2 },
    message: 'Dear Aoife,\nit was good to meet you in Lille. I look after your invoices here.',
  },
  { from: 'ingrid.akesson@atelier-nord.example', to: aoife, days: 1 },
  { from: 'rhys.morgan@harbour-pine.example', to: camille, days: 1 },
  { from: harry, to: lea.email, message: 'Shall we talk about the oak floor?', days: 1 },
];

/** What people keep of others: a note, a folder, a star. */
const kept: { owner: string; of: string; note?: string; folder?: string; star?: boolean }[] = [
  { owner: camille, of: aoife, note: 'Préfère le téléphone, le matin.', folder: 'Partenaires', star: true },
  { owner: camille, of: priya, folder: 'Partenaires' },
  { owner: camille, of: lea.email, note: 'Plans du chantier de Nantes.', folder: 'Indépendants' },
  { owner: aoife, of: camille, note: 'Decides on orders above £10,000.', folder: 'France', star: true },
  { owner: aoife, of: elodie, folder: 'France' },
  { owner: aoife, of: lea.email, note: 'Drew the stand for Leeds.', folder: 'Freelancers' },
  { owner: lea.email, of: camille, note: 'Facturer à Lille.', folder: 'Clients' },
];

/** Who must be let in for the story, beside those a company has allowed. */
const domains: Record<string, string[]> = {
  [camille]: ['harbour-pine.example', 'studio-quai.example'],
  [aoife]: ['atelier-nord.example', 'studio-quai.example'],
};

/**
 * What is between the two companies, and somebody with an account of her own. Nothing is done once there is anything.
 * @returns what to print: who else can sign in
 */
export async function demoExternal(app: INestApplicationContext, password: string): Promise<string[]> {
  const database = app.get(DataSource);
  const [there] = await database.query<object[]>(
    'SELECT 1 FROM external_requests_sent r JOIN users u ON u.id = r.senderId AND u.email = ? LIMIT 1',
    [camille],
  );
  if (!there && (await isThere(database, camille)) && (await isThere(database, aoife)))
    await new Between(app).tell(password);
  if (!(await isThere(database, lea.email))) return [];
  return [`An account of one person: ${lea.email}, password ${password}`];
}

async function isThere(database: DataSource, email: string): Promise<boolean> {
  return (
    (await database.query<object[]>('SELECT 1 FROM sign_in_addresses WHERE address = ?', [email])).length > 0
  );
}

class Between {
  private readonly database: DataSource;

  constructor(private readonly app: INestApplicationContext) {
    this.database = app.get(DataSource);
  }

  async tell(password: string): Promise<void> {
    for (const [owner, allowed] of Object.entries(domains)) await this.allow(owner, allowed);
    if (!(await isThere(this.database, lea.email))) {
      const secret = await this.app.get(Passwords).hash(password);
      await inTransaction(this.database, (manager) =>
        this.app
          .get(Founding)
          .foundPersonal(manager, { ...lea, region: 'FR', language: 'fr', secret }, noFacts),
      );
    }
    for (const story of requests) await this.request(story);
    for (const each of kept) await this.keep(each);
  }

  private async allow(owner: string, domainsToo: string[]): Promise<void> {
    const actor = await this.person(owner);
    const settings = this.app.get(CompanySettings);
    const { revision, settings: present } = await settings.read(actor.accountId);
    const allowedDomains = [...new Set([...present.allowedDomains, ...domainsToo])].sort();
    await settings.save(actor, noFacts, revision, { allowedDomains });
  }

  private async request({ from, to, message = '', act, days }: Story): Promise<void> {
    const sender = await this.person(from);
    await this.app.get(Asking).ask(sender, [to], message || null, null);
    const [sent] = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM external_requests_sent WHERE senderId = ? AND toAddress = ? AND state = 'waiting'`,
      [sender.id, to],
    );
    await this.app.get(RequestDelivery).deliver(sent.id, { mail: true });
    const [received] = await this.database.query<{ id: Id; receiverId: Id }[]>(
      'SELECT id, receiverId FROM external_requests_received WHERE requestId = ?',
      [sent.id],
    );
    if (act && received) {
      await this.app.get(ReceivedAnswers).answer(await this.person(to), act, [received.id]);
      await this.read(received.receiverId);
    }
    await this.pass(sent.id, sender.id, received?.receiverId ?? null, days);
  }

  private async keep({ owner, of, note, folder, star }: (typeof kept)[number]): Promise<void> {
    const [me, other] = [await this.person(owner), await this.person(of)];
    const [card] = await this.database.query<{ id: Id }[]>(
      'SELECT id FROM external_contacts WHERE ownerId = ? AND otherUserId = ? AND endedAt IS NULL',
      [me.id, other.id],
    );
    if (!card) return;
    const acts = this.app.get(ExternalActs);
    if (note) await acts.note(me, card.id, note, null);
    if (folder) await acts.refolder(me, { ids: [card.id] }, { add: [], newFolder: folder, leave: [] });
    if (star) await acts.star(me, { ids: [card.id] }, true);
  }

  /** Whoever has answered has read of it. */
  private async read(userId: Id): Promise<void> {
    await this.database.query(
      `UPDATE notifications SET readAt = at WHERE userId = ? AND kind = 'external.request' AND readAt IS NULL`,
      [userId],
    );
  }

  /** Moves what has just happened between two people some days back. */
  private async pass(sentId: Id, senderId: Id, receiverId: Id | null, days: number): Promise<void> {
    const back = async (table: string, columns: string[], where: string, values: unknown[]) => {
      const set = columns.map((column) => `${column} = DATE_SUB(${column}, INTERVAL ? DAY)`).join(', ');
      await this.database.query(`UPDATE ${table} SET ${set} WHERE ${where}`, [
        ...columns.map(() => days),
        ...values,
      ]);
    };
    const answered = ['expiresAt', 'answeredAt'];
    await back('external_requests_sent', ['sentAt', 'lastSentAt', ...answered], 'id = ?', [sentId]);
    await back('external_requests_received', ['receivedAt', ...answered], 'requestId = ?', [sentId]);
    await back('one_time_links', ['expiresAt'], 'subjectId = ?', [sentId]);
    if (receiverId === null) return;
    const pair = [senderId, receiverId];
    const both = [senderId, receiverId, receiverId, senderId];
    await back('external_links', ['connectedAt'], 'lowUserId IN (?, ?) AND highUserId IN (?, ?)', [
      ...pair,
      ...pair,
    ]);
    await back(
      'external_contacts',
      ['connectedAt'],
      '(ownerId = ? AND otherUserId = ?) OR (ownerId = ? AND otherUserId = ?)',
      both,
    );
    await back('external_blocks', ['createdAt'], 'ownerId IN (?, ?) AND blockedUserId IN (?, ?)', [
      ...pair,
      ...pair,
    ]);
    await back('notifications', ['at', 'readAt'], 'onceKey IN (?)', [
      [`external.request:${sentId}`, `external.accepted:${sentId}`],
    ]);
  }

  /** Somebody as if they had signed in. */
  private async person(email: string): Promise<SignedIn> {
    const user = await this.database
      .getRepository(User)
      .findOneOrFail({ where: { email, status: 'active', liveKey: 1 } });
    const account = await this.database.getRepository(Account).findOneByOrFail({ id: user.accountId });
    const { displayName } = user;
    return {
      ...user,
      displayName,
      account,
      type: user.type,
      features: account.features,
    } as unknown as SignedIn;
  }
}
