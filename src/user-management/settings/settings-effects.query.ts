import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type PresentSettings } from '../../accounts/company-settings.service.js';
import { ConnectedPeople } from '../../accounts/connected-people.js';
import { FeatureTallies, movesBetween, type FeatureMove } from '../../accounts/feature-tally.query.js';
import { features } from '../../accounts/features.js';
import { OutsideContacts } from '../../accounts/outside-contacts.js';
import { Retentions, type Overdue } from '../../accounts/retention.service.js';
import {
  accountFeaturesOf,
  changedNames,
  providers,
  shortens,
  type Settings,
} from '../../accounts/settings.js';
import { type Id } from '../../database/id.js';

/** What a save would change for people and what it would erase; only what is not nothing. */
export interface Effects {
  moves: FeatureMove[];
  /** Whom the numbers are of: people here and invited. */
  people: number;
  region: string | null;
  /** Who chose none and gets another one. */
  language: number;
  timeZone: number;
  overdue: Overdue;
  /** External contacts whom the lists of domains forbid from then on; they stay. */
  forbidden: number;
  /** People connected to a provider that is switched off: their connections pause. */
  pausing: number;
}

/** Counts, before a save, what it changes. */
@Injectable()
export class SettingsEffects {
  constructor(
    private readonly database: DataSource,
    private readonly tallies: FeatureTallies,
    private readonly retentions: Retentions,
    private readonly outside: OutsideContacts,
    private readonly connected: ConnectedPeople,
  ) {}

  /** @returns null when a save of these values changes nothing for anybody */
  async of({ account, settings }: PresentSettings, after: Settings): Promise<Effects | null> {
    const changed = new Set(changedNames(settings, after));
    const effects: Effects = {
      ...{ moves: [], people: 0, language: 0, timeZone: 0 },
      region: changed.has('region') ? after.region : null,
      overdue: { audit: 0, mails: 0, imports: 0, calls: 0 },
      forbidden: 0,
      pausing: await this.connected.count(
        account.id,
        providers.filter((name) => changed.has(name) && !after[name]),
      ),
    };
    if (features.some((feature) => changed.has(feature))) {
      const tally = await this.tallies.of(account.id);
      const rules = accountFeaturesOf(after, account.features);
      effects.moves = movesBetween(tally, account.features, rules);
      effects.people = tally.people;
    }
    if (changed.has('language') || changed.has('timeZone')) {
      const { people, language, timeZone } = await this.whoChoseNone(account.id);
      effects.people = people;
      effects.language = changed.has('language') ? language : 0;
      effects.timeZone = changed.has('timeZone') ? timeZone : 0;
    }
    if (shortens(settings, after)) {
      const now = await this.retentions.overdue(account.id, settings);
      const then = await this.retentions.overdue(account.id, after);
      // What would go anyway is not this save's doing.
      effects.overdue = {
        audit: Math.max(0, then.audit - now.audit),
        mails: Math.max(0, then.mails - now.mails),
        imports: Math.max(0, then.imports - now.imports),
        calls: Math.max(0, then.calls - now.calls),
      };
    }
    if (changed.has('allowedDomains') || changed.has('blockedDomains')) {
      const now = await this.outside.forbidden(account.id, settings);
      const then = await this.outside.forbidden(account.id, after);
      effects.forbidden = Math.max(0, then - now);
    }
    return isNothing(effects) ? null : effects;
  }

  private async whoChoseNone(accountId: Id): Promise<{ people: number; language: number; timeZone: number }> {
    const [row] = await this.database.query<Record<'people' | 'language' | 'timeZone', string | null>[]>(
      `SELECT COUNT(*) AS people, SUM(language IS NULL) AS language, SUM(timeZone IS NULL) AS timeZone FROM users
       WHERE accountId = ? AND status IN ('active', 'pending')`,
      [accountId],
    );
    return {
      people: Number(row.people),
      language: Number(row.language ?? 0),
      timeZone: Number(row.timeZone ?? 0),
    };
  }
}

function isNothing({ moves, region, language, timeZone, overdue, forbidden, pausing }: Effects): boolean {
  const erased = overdue.audit + overdue.mails + overdue.imports + overdue.calls;
  return moves.length === 0 && region === null && language + timeZone + erased + forbidden + pausing === 0;
}
