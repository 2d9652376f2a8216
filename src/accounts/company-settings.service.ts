import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict, Gone, NotFound } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { changesBetween, sameValue } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { AccountSettings } from './account-settings.entity.js';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { AccountEvents } from './events.js';
import {
  accountFeaturesOf,
  changedNames,
  newSettings,
  sectionOf,
  settingNames,
  settingsOf,
  shortens,
  type SettingName,
  type Settings,
} from './settings.js';

const saving = { kind: 'settings.save' };
const undoing = { kind: 'settings.undo' };
const kinds = [saving.kind, undoing.kind];

/** How long a shortened retention can be taken back before it erases anything. */
export const RETENTION_WAIT_HOURS = 24;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How many saves back the values a form was opened on are looked for. */
const REMEMBERED = 200;

export interface PresentSettings {
  account: Account;
  stored: AccountSettings;
  settings: Settings;
  revision: number;
}

/** Somebody saved something of the same form since it was opened. */
export class SettingsConflict extends Conflict {
  constructor(
    readonly present: PresentSettings,
    /** What the form was opened on, where somebody changed it since. */
    readonly bases: Partial<Settings>,
    readonly last: { actorName: string; at: Date } | null,
  ) {
    super('common.error.conflict');
  }
}

export interface SavedSettings {
  batchId: Id;
  changed: SettingName[];
}

/** The settings of a company: read, saved with what they were before, and given back. */
@Injectable()
export class CompanySettings {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly events: AccountEvents,
  ) {}

  /** @throws NotFound once the account is closed */
  async read(accountId: Id, manager: EntityManager = this.database.manager): Promise<PresentSettings> {
    const account = await this.accounts.get(accountId, manager);
    const stored = (await manager.findOneBy(AccountSettings, { accountId })) ?? newSettings(accountId);
    return { account, stored, settings: settingsOf(account, stored), revision: account.settingsRevision };
  }

  /** Whether these values may be saved by somebody who was shown `revision`. @throws SettingsConflict */
  async check(present: PresentSettings, revision: number, values: Partial<Settings>): Promise<void> {
    await this.refuseStale(this.database.manager, present, revision, values);
  }

  /**
   * Saves these values; what is not named stays.
   * @param revision of the settings as the form showed them
   * @returns null when nothing differs. @throws SettingsConflict
   */
  save(
    actor: Actor,
    facts: ActFacts,
    revision: number,
    values: Partial<Settings>,
  ): Promise<SavedSettings | null> {
    return this.changing(actor.accountId, async (manager, present) => {
      await this.refuseStale(manager, present, revision, values);
      return this.write(manager, actor, facts, present, { ...present.settings, ...values }, saving);
    });
  }

  /**
   * Gives back what a save (or an undo) changed, where the value is still the one it left.
   * @returns what it gave back and what was changed since and stays
   * @throws NotFound; Gone after 30 days, or when it is undone already; Conflict when there is nothing left to give back
   */
  undo(actor: Actor, facts: ActFacts, batchId: string): Promise<SavedSettings & { left: SettingName[] }> {
    const { accountId } = actor;
    return this.changing(accountId, async (manager, present) => {
      const changes = await this.undoable(manager, accountId, batchId);
      const names = settingNames.filter((name) => changes[name]);
      const left = names.filter((name) => !sameValue(present.settings[name], changes[name][1]));
      const back = names.filter((name) => !left.includes(name)).map((name) => [name, changes[name][0]]);
      const after = { ...present.settings, ...(Object.fromEntries(back) as Partial<Settings>) };
      const saved = await this.write(manager, actor, facts, present, after, {
        ...undoing,
        undoes: batchId,
        ...(left.length > 0 ? { left } : {}),
      });
      if (saved === null) throw new Conflict('settings.undo.nothing-left');
      if (saved === 'lost') return saved;
      if (!(await this.journal.markUndone(manager, accountId, batchId))) throw new Gone('settings.undo.done');
      return { ...saved, left };
    });
  }

  /** Runs `body` on the present settings; again where somebody else's save came between. */
  private async changing<T>(
    accountId: Id,
    body: (manager: EntityManager, present: PresentSettings) => Promise<T | 'lost'>,
  ): Promise<T> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const result = await inTransaction(this.database, async (manager) =>
        body(manager, await this.read(accountId, manager)),
      );
      if (result !== 'lost') return result as T;
    }
    throw new Conflict('common.error.conflict');
  }

  private async write(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    present: PresentSettings,
    after: Settings,
    { kind, undoes, left }: { kind: string; undoes?: Id; left?: SettingName[] },
  ): Promise<SavedSettings | null | 'lost'> {
    const { account, stored, settings: before, revision } = present;
    const changed = changedNames(before, after);
    if (changed.length === 0) return null;
    const { name, region, language, timeZone, callPattern, chatPattern, meetPattern } = after;
    const { affected } = await manager.update(
      Account,
      { id: account.id, settingsRevision: revision },
      {
        ...{ name, region, language, timeZone, callPattern, chatPattern, meetPattern },
        features: accountFeaturesOf(after, account.features),
        settingsRevision: revision + 1,
      },
    );
    if (affected !== 1) return 'lost';
    await this.store(manager, stored, before, after);
    const batchId = await this.journal.begin(manager, {
      ...{ accountId: account.id, actorId: actor.id, kind },
      ...(undoes ? { undoes } : {}),
    });
    const changes = changesBetween(before, after, settingNames);
    await this.journal.record(manager, batchId, account.id, [
      { subjectId: account.id, subjectType: 'account', action: 'changed', changes },
    ]);
    await this.journal.audit(manager, actor, facts, {
      action: kind,
      ...{ targetType: 'account', targetId: account.id, targetName: name, batchId },
      details: { section: sectionOf(changed[0]), fields: changed, ...(left ? { left } : {}) },
    });
    await this.events.settingsSaved.tell({ manager, accountId: account.id, changed });
    return { batchId, changed };
  }

  private async store(
    manager: EntityManager,
    stored: AccountSettings,
    before: Settings,
    after: Settings,
  ): Promise<void> {
    const { allowedDomains, blockedDomains, google, office365, exchange, severalConnections } = after;
    const { auditYears, mailDays, importDays, callMonths } = after;
    // Who has decided nothing follows the default, also where it is another one some day.
    const undecided =
      stored.outsiderFields === null && sameValue(before.outsiderFields, after.outsiderFields);
    const retentionFrom = shortens(before, after)
      ? new Date(Date.now() + RETENTION_WAIT_HOURS * HOUR_MS)
      : shortens(newSettings(stored.accountId), after)
        ? stored.retentionFrom
        : null;
    // Two first saves at once have met in the account's row before.
    await manager.save(AccountSettings, {
      ...{ accountId: stored.accountId, allowedDomains, blockedDomains },
      ...{ google, office365, exchange, severalConnections },
      ...{ auditYears, mailDays, importDays, callMonths, retentionFrom },
      outsiderFields: undecided ? null : [...after.outsiderFields],
    });
  }

  private async refuseStale(
    manager: EntityManager,
    present: PresentSettings,
    revision: number,
    values: Partial<Settings>,
  ): Promise<void> {
    const saves = present.revision - revision;
    if (saves <= 0) return;
    const since = await this.savesOf(manager, present.account.id, Math.min(saves, REMEMBERED));
    // Newest first: the oldest change of a field has the last word.
    const bases: Partial<Settings> = {};
    for (const { changes } of since) {
      for (const name of settingNames) if (changes[name]) Object.assign(bases, { [name]: changes[name][0] });
    }
    const differs = (name: SettingName) =>
      Object.hasOwn(values, name) &&
      Object.hasOwn(bases, name) &&
      !sameValue(values[name], present.settings[name]);
    if (settingNames.some(differs)) throw new SettingsConflict(present, bases, since[0] ?? null);
  }

  private async savesOf(
    manager: EntityManager,
    accountId: Id,
    count: number,
  ): Promise<{ changes: Changes; actorName: string; at: Date }[]> {
    const rows = await manager.query<{ changes: string; actorName: string | null; at: Date }[]>(
      `SELECT e.changes, b.at, CONCAT_WS(' ', a.givenName, a.familyName) AS actorName
       FROM journal_entries e
       JOIN journal_batches b ON b.id = e.batchId
       LEFT JOIN users a ON a.id = b.actorId AND a.accountId = b.accountId
       WHERE e.subjectId = ? AND e.accountId = ? AND b.kind IN (?)
       ORDER BY e.batchId DESC LIMIT ?`,
      [accountId, accountId, kinds, count],
    );
    return rows.map(({ changes, actorName, at }) => ({
      changes: JSON.parse(changes) as Changes,
      actorName: actorName ?? '',
      at,
    }));
  }

  private async undoable(manager: EntityManager, accountId: Id, batchId: string): Promise<Changes> {
    if (!isId(batchId)) throw new NotFound();
    const [row] = await manager.query<{ changes: string; at: Date; undoneAt: Date | null }[]>(
      `SELECT e.changes, b.at, b.undoneAt FROM journal_batches b
       JOIN journal_entries e ON e.batchId = b.id AND e.subjectId = b.accountId
       WHERE b.id = ? AND b.accountId = ? AND b.kind IN (?)`,
      [batchId, accountId, kinds],
    );
    if (!row) throw new NotFound();
    if (row.undoneAt !== null) throw new Gone('settings.undo.done');
    if (Date.now() - Number(row.at) > limits.restoreDays * DAY_MS) throw new Gone('settings.undo.too-old');
    return JSON.parse(row.changes) as Changes;
  }
}
