import { type INestApplicationContext } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { People } from './accounts/people.service.js';
import { type CallDirection, type CallOutcome } from './calls/call.js';
import { callImport } from './calls/import/call-import.description.js';
import { type CallReport } from './calls/record/call-report.js';
import { recordCalls } from './calls/record/record-calls.js';
import { Recordings } from './calls/recordings/recordings.service.js';
import { type DemoCompany } from './cli.demo-companies.js';
import { numbersOf } from './cli.demo-contacts.js';
import { settled } from './cli.user-files.js';
import { type Id } from './database/id.js';
import { inTransaction } from './database/transaction.js';
import { Stars } from './directory/stars/stars.service.js';
import { rulesFrom } from './imports/import-rules.js';
import { Imports } from './imports/imports.service.js';
import { Staging } from './imports/staging.service.js';
import { noFacts, type Actor } from './journal/actor.js';
import { PersonalContacts } from './personal-contacts/contact/contacts.service.js';
import { type E164 } from './phone/e164.js';

type Owner = Actor & { id: Id };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Whom each owner knows in the other company, as that company's own file says. */
const abroad: Record<string, { name: string; email: string; number: E164 }> = {
  'Atelier Nord': {
    ...{ name: 'Aoife Davies', email: 'aoife.davies@harbour-pine.example' },
    number: '+442079460040',
  },
  'Harbour & Pine': {
    ...{ name: 'Camille Lefèvre', email: 'camille.lefevre@atelier-nord.example' },
    number: '+33140205040',
  },
};

/** Those who sign in, by their place in the company, with the extension they are given. */
const callers = ({ member }: DemoCompany): [place: number, extension: string][] => [
  ...([
    [0, '200'],
    [1, '201'],
    [member, '205'],
  ] as [number, string][]),
];

/**
 * The calls of those who can sign in: of colleagues, of people from every source and of strangers, answered, missed and with
 * voicemails; stars of colleagues; and somebody the owner keeps in several places. Nothing is done where there are calls already.
 * @returns what to print: where to look
 */
export async function demoCalls(
  app: INestApplicationContext,
  company: DemoCompany,
  owner: Owner,
  addressOf: (place: number) => string,
): Promise<string[]> {
  const told = `${company.accountName}: /calls has missed calls, voicemails to play and strangers to add; / and /search show the same people`;
  const [there] = await app
    .get(DataSource)
    .query<object[]>('SELECT 1 FROM calls WHERE accountId = ? LIMIT 1', [owner.accountId]);
  if (there) return [told];
  const calls = new DemoCalls(app, company, owner);
  for (const [place, extension] of callers(company)) await calls.permit(addressOf(place), extension);
  await calls.several();
  await calls.tell(addressOf(0), ofOwner(company));
  await calls.tell(addressOf(1), ofColleague(company, 1));
  await calls.tell(addressOf(company.member), ofColleague(company, company.member));
  await calls.star([3, 8].map(addressOf));
  await calls.file();
  return [told];
}

/** [minutes ago, direction, outcome, number, name, seconds] */
type Line = [number, CallDirection, CallOutcome, string, string | null, number];

const days = (count: number, minutes = 0) => count * 24 * 60 + minutes;

function ofOwner(company: DemoCompany): Line[] {
  const { phone, accountName, region } = company;
  const mobile = numbersOf(company);
  const { number } = abroad[accountName];
  const stranger = region === 'GB' ? '+442079460987' : '+33199001287';
  const shop = region === 'GB' ? 'Merton Hardware' : 'Quincaillerie Morin';
  const often = [2, 4, 7, 9, 11, 15, 18].flatMap((ago): Line[] => [
    [days(ago, 90), 'outgoing', 'answered', mobile(901), null, 240 + 31 * ago],
    [days(ago, 40), 'incoming', 'answered', mobile(901), null, 60 + 7 * ago],
  ]);
  return [
    [12, 'incoming', 'missed', stranger, shop, 0],
    [38, 'incoming', 'voicemail', mobile(900), null, 4],
    [75, 'outgoing', 'answered', phone(8), null, 312],
    [120, 'incoming', 'answered', number, abroad[accountName].name, 905],
    [190, 'incoming', 'missed', 'anonymous', null, 0],
    [days(1, 20), 'incoming', 'voicemail', mobile(977), null, 3],
    [days(1, 60), 'incoming', 'answered', '103', null, 65],
    [days(1, 95), 'outgoing', 'missed', mobile(3), null, 0],
    [days(1, 200), 'incoming', 'answered', mobile(903), null, 1540],
    [days(2, 30), 'incoming', 'missed', phone(14), null, 0],
    [days(2, 130), 'outgoing', 'answered', stranger, null, 88],
    [days(3, 10), 'incoming', 'answered', mobile(902), null, 431],
    [days(5, 400), 'outgoing', 'answered', '106', null, 75],
    [days(8, 60), 'incoming', 'voicemail', stranger, shop, 4],
    [days(21, 60), 'incoming', 'answered', mobile(20), null, 2621],
    ...often,
  ];
}

function ofColleague({ phone, region }: DemoCompany, place: number): Line[] {
  const stranger = region === 'GB' ? '+441134960123' : '+33465710042';
  return [
    [50 + place, 'incoming', 'missed', phone(0), null, 0],
    [140, 'incoming', 'answered', '200', null, 194],
    [days(1, 15), 'incoming', 'voicemail', stranger, null, 3],
    [days(2, 80), 'outgoing', 'answered', '103', null, 47],
    [days(6, 30), 'outgoing', 'missed', stranger, null, 0],
  ];
}

class DemoCalls {
  private readonly database: DataSource;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly company: DemoCompany,
    private readonly owner: Owner,
  ) {
    this.database = app.get(DataSource);
  }

  /** Calls need the phone feature, and an extension makes it easy to try the API. */
  async permit(address: string, extension: string): Promise<void> {
    const people = this.app.get(People);
    const { user } = await people.find(this.owner.accountId, await this.idOf(address));
    const features = { ...user.features, phone: true };
    await people.edit(this.owner, noFacts, user.id, user.revision, {
      ...{ type: 'licensed' as const, features },
      ...(user.extension === null ? { extension } : {}),
    });
  }

  /** Somebody known from the directory of another company, and as a contact of one's own: one card for both. */
  async several(): Promise<void> {
    const { name, email, number } = abroad[this.company.accountName];
    const fields = { displayName: name, email, organization: null };
    const phones = { workPhone: { number, typed: null } };
    const contacts = this.app.get(PersonalContacts);
    const none = { newGroup: null };
    await contacts.add(this.owner, { fields, phones, details: {}, without: [] }, none, null);
    // The same address under another name: only proposed.
    const other = {
      ...fields,
      displayName: this.company.language === 'fr' ? 'Aoife (chantier)' : 'Camille (Lille)',
    };
    await contacts.add(this.owner, { fields: other, phones: {}, details: {}, without: [] }, none, null);
  }

  async tell(address: string, lines: readonly Line[]): Promise<void> {
    const now = Date.now();
    const act = {
      accountId: this.owner.accountId,
      source: 'api' as const,
      batchId: null,
      now: new Date(now),
    };
    const reports = lines.map(([ago, direction, outcome, number, name, seconds], index): CallReport => {
      const startedAt = new Date(now - ago * MINUTE);
      const callId = `demo-${address.split('@')[0]}-${index + 1}`;
      return { callId, user: address, direction, outcome, number, name, startedAt, seconds };
    });
    await inTransaction(this.database, async (manager) => {
      const answers = await recordCalls(manager, act, reports);
      for (const [index, answer] of answers.entries()) {
        if (answer.result === 'refused')
          throw new Error(`The call ${reports[index].callId}: ${answer.reason}`);
        const { id, userId } = answer;
        if (reports[index].outcome === 'voicemail')
          await this.app
            .get(Recordings)
            .keep(manager, { id, userId, accountId: act.accountId }, chime(reports[index].seconds));
      }
      // What is older was seen to.
      await manager.query(
        `UPDATE calls SET heardAt = startedAt WHERE accountId = ? AND heardAt IS NULL AND startedAt < ?`,
        [act.accountId, new Date(now - 2 * DAY)],
      );
    });
  }

  async star(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) await this.app.get(Stars).give(this.owner, await this.idOf(address));
  }

  /** What an Asterisk wrote some weeks ago, with a row that is nobody's. */
  async file(): Promise<void> {
    const { phone } = this.company;
    const mobile = numbersOf(this.company);
    const rows = Array.from({ length: 12 }, (_, index) => {
      const start = new Date(Date.now() - (30 + 2 * index) * DAY)
        .toISOString()
        .slice(0, 19)
        .replace('T', ' ');
      const id = `${1_760_000_000 + index}.${100 + index}`;
      const answered = index % 4 !== 3;
      const [caller, called] = index === 6 ? ['sip-provider', '950'] : ['sip-provider', '200'];
      const src = index % 3 === 0 ? phone(40 + index) : mobile(index);
      const cells = [
        ...['', src, called, 'from-trunk', `"" <${src}>`, `PJSIP/${caller}-0000${10 + index}`],
        ...[`PJSIP/${called}-0000${60 + index}`, 'Dial', `PJSIP/${called},20`, start, start, start],
        ...[String(70 + index), answered ? String(60 + index) : '0', answered ? 'ANSWERED' : 'NO ANSWER'],
        ...['DOCUMENTATION', id, ''],
      ];
      return cells.map((cell) => (/^\d+$/.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`)).join(',');
    });
    const bytes = Readable.from([Buffer.from(`${rows.join('\n')}\n`)]);
    const choices = rulesFrom({ timeZone: 'UTC' }, callImport);
    const upload = { once: null, fileName: 'Master.csv', choices };
    const id = await this.app.get(Staging).take(this.owner, callImport, upload, bytes);
    await settled(this.app, this.owner, id);
    await this.app.get(Imports).confirm(this.owner, noFacts, id, { choices, proposals: false });
    await settled(this.app, this.owner, id);
  }

  private async idOf(address: string): Promise<Id> {
    const [{ id }] = await this.database.query<{ id: Id }[]>(
      'SELECT id FROM users WHERE accountId = ? AND email = ? AND liveKey = 1',
      [this.owner.accountId, address],
    );
    return id;
  }
}

const RATE = 8_000;

/** A few bells, fading: a WAV of one channel and 8 bits (RIFF, `fmt ` and `data`), as small as speech on the telephone. */
function chime(seconds: number): Buffer {
  const samples = Buffer.alloc(seconds * RATE);
  for (let at = 0; at < samples.length; at++) {
    const within = (at % (RATE / 2)) / RATE;
    const pitch = [523, 659, 784, 659][Math.floor(at / (RATE / 2)) % 4];
    samples[at] = 128 + Math.round(96 * Math.exp(-6 * within) * Math.sin(2 * Math.PI * pitch * within));
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
