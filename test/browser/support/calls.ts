import { type CallReport } from '../../../src/calls/record/call-report.js';
import { recordCalls } from '../../../src/calls/record/record-calls.js';
import { Recordings } from '../../../src/calls/recordings/recordings.service.js';
import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { inTransaction } from '../../../src/database/transaction.js';
import { aWave } from '../../fakes/recordings/host.js';
import { PersonalContacts } from '../../../src/personal-contacts/contact/contacts.service.js';
import { emptyEdit } from '../../../src/personal-contacts/contact/edited.js';
import { type TestApp } from '../../support/app.js';

/** Calls that have a page of their own to look at. */
export interface SomeCalls {
  /** With a colleague who has others. */
  known: Id;
  /** With nobody the reader knows, whom the telephone system calls something. */
  unknown: Id;
  voicemail: Id;
  deleted: Id;
  /** A contact the reader keeps, whose office number is taken. */
  contact: Id;
}

const long = 'CABINET DE CONSEIL JEAN-FRANÇOIS DU CHÂTELET DE LA ROCHEFOUCAULD-MONTBÉLIARD';

/** Lets somebody call, and has more than a page of calls reported of them. */
export async function someCalls(app: TestApp, { id, accountId, email }: User): Promise<SomeCalls> {
  await app.database.query(`UPDATE users SET type = 'licensed', features = '{"phone":true}' WHERE id = ?`, [
    id,
  ]);
  const call = (callId: string, minutes: number, fields: Partial<CallReport>): CallReport => ({
    ...{ callId, user: email, direction: 'incoming', outcome: 'missed', number: '', seconds: 0 },
    startedAt: new Date(Date.now() - minutes * 60_000),
    ...fields,
  });
  const answered = { outcome: 'answered', seconds: 3721 } as const;
  const reports = [
    call('known', 5, { number: '+33612345678', name: 'Camille' }),
    call('unknown', 20, { ...answered, number: '+33687654321', name: long }),
    call('voicemail', 700, { outcome: 'voicemail', seconds: 25, number: '+442071838750', name: 'נועה לוי' }),
    call('unfetched', 750, { outcome: 'voicemail', seconds: 9, number: '+442071838751' }),
    call('hidden', 800, { number: 'anonymous' }),
    call('extension', 1500, { ...answered, direction: 'outgoing', number: '4711' }),
    call('short', 1600, { direction: 'outgoing', number: '3900' }),
    call('sip', 1700, { number: 'sip:a.very.long.name.of.a.user@a-very-long-name-of-a-company.example' }),
    call('deleted', 1800, { number: '+33140205051' }),
    ...Array.from({ length: 50 }, (_, place) =>
      call(`old-${place}`, 3000 + place * 400, { ...answered, number: `+331402050${50 + (place % 40)}` }),
    ),
  ];
  const act = { accountId, source: 'api', batchId: null, now: new Date() } as const;
  const answers = await inTransaction(app.database, (manager) => recordCalls(manager, act, reports));
  const ids = new Map(
    answers.map((answer, place) => [reports[place].callId, answer.result === 'refused' ? '' : answer.id]),
  );
  const deleted = ids.get('deleted')!;
  await app
    .get(Recordings)
    .keep(app.database.manager, { id: ids.get('voicemail')!, accountId, userId: id }, aWave());
  await app.database.query("UPDATE calls SET recording = 'failed' WHERE id = ?", [ids.get('unfetched')]);
  await app.database.query('UPDATE calls SET deletedAt = UTC_TIMESTAMP(3) WHERE id = ?', [deleted]);
  return {
    known: ids.get('known')!,
    unknown: ids.get('unknown')!,
    voicemail: ids.get('voicemail')!,
    deleted,
    contact: await aContact(app, { id, accountId }),
  };
}

function aContact(app: TestApp, owner: { id: Id; accountId: Id }): Promise<Id> {
  const fields = { displayName: long };
  const phones = { workPhone: { number: '+33199001288', typed: null } } as const;
  return app.get(PersonalContacts).add(owner, { ...emptyEdit, fields, phones }, { newGroup: null }, null);
}
