import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OWNER_ONLY, mayChange } from '../../accounts/people-rows.js';
import { type Role, type Status } from '../../accounts/user.entity.js';
import { isId, newId, type Id } from '../../database/id.js';
import { FileRefused } from '../../imports/file-refused.js';
import { type Actor } from '../../journal/actor.js';
import { type AddressRow } from './address-file.js';
import { CHUNK, type RunPerson } from './run-people.query.js';
import { type FileFindings } from './user-run.entity.js';
import { UserRuns } from './user-runs.service.js';

/** Of each finding so many rows are named; the rest is counted. */
const NAMED = 200;
const ACTIVE = '/users';
const PENDING = '/users?status=pending';

interface Known extends RunPerson {
  email: string;
  status: Status;
  role: Role;
}

/** Turns a list of addresses into a draft that deactivates whom it finds. */
@Injectable()
export class DeactivationFile {
  constructor(
    private readonly database: DataSource,
    private readonly runs: UserRuns,
  ) {}

  /** @returns the draft; nothing is done to anybody yet. @throws FileRefused without a single row */
  async draft(actor: Actor, once: string | null, name: string, rows: readonly AddressRow[]): Promise<Id> {
    if (rows.length === 0) throw new FileRefused({ key: 'user-runs.file.no-rows' });
    const known = await this.known(actor.accountId, rows);
    const findings = emptyFindings(name, rows.length);
    const people: RunPerson[] = [];
    const pending: RunPerson[] = [];
    const seen = new Set<string>();
    for (const { line, text, email } of rows) {
      if (email === null) {
        note(findings.unreadable, { line, text });
        continue;
      }
      if (seen.has(email)) {
        findings.twice++;
        continue;
      }
      seen.add(email);
      const person = known.get(email);
      const reason = person && refusal(actor, person);
      if (!person || person.status === 'erased') note(findings.unknown, { line, text });
      else if (person.status === 'deactivated') note(findings.deactivated, { line, text });
      else if (reason) note(findings.refused, { line, text, key: reason });
      else (person.status === 'pending' ? pending : people).push(person);
    }
    const id = isId(once) ? once : newId();
    findings.pending.count = pending.length;
    if (pending.length > 0)
      findings.pending.runId = await this.runs.draft(actor, {
        act: 'cancel',
        people: pending,
        back: PENDING,
      });
    return this.runs.draft(actor, {
      ...{ once: id, act: 'deactivate', people: sorted(people), back: ACTIVE },
      preview: { file: findings },
    });
  }

  private async known(accountId: Id, rows: readonly AddressRow[]): Promise<Map<string, Known>> {
    const emails = [...new Set(rows.map(({ email }) => email).filter((email) => email !== null))];
    const known = new Map<string, Known>();
    for (let from = 0; from < emails.length; from += CHUNK) {
      const found = await this.database.query<Known[]>(
        'SELECT id, email, status, role FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
        [accountId, emails.slice(from, from + CHUNK)],
      );
      for (const person of found) known.set(person.email, person);
    }
    return known;
  }
}

/** Why the actor cannot deactivate somebody, as far as it is known before. */
function refusal(actor: Actor, person: Known): string | null {
  if (!mayChange(actor, person)) return OWNER_ONLY;
  return person.id === actor.id ? 'accounts.not-yourself' : null;
}

function note<Row>(finding: { count: number; first: Row[] }, row: Row): void {
  finding.count++;
  if (finding.first.length < NAMED) finding.first.push(row);
}

function emptyFindings(name: string, rows: number): FileFindings {
  const none = () => ({ count: 0, first: [] });
  return {
    ...{ name, rows, twice: 0, unknown: none(), unreadable: none(), deactivated: none(), refused: none() },
    pending: { count: 0, runId: null },
  };
}

/** Everybody locks people in the order of their ids. */
function sorted(people: readonly RunPerson[]): RunPerson[] {
  return [...people].sort((one, other) => (one.id < other.id ? -1 : 1));
}
