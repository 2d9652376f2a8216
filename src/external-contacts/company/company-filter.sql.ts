import { normaliseDomain, type DomainRules } from '../../accounts/domain-rules.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { isId, type Id } from '../../database/id.js';
import { likePattern, searchWords } from '../../text/fold.js';
import { addressSearched } from '../address-shown.js';
import { type CompanyFilters } from './company-list.state.js';

/** A condition; its `?` are filled by `values`, in order. */
export interface Condition {
  sql: string;
  values: unknown[];
}

/** What the filters need to know beside themselves. */
export interface FilterFacts {
  rules: DomainRules;
  /** Of the people outside, those whose external contacts are switched off: their address is not seen. */
  paused: readonly Id[];
}

/**
 * Names in these conditions: `c` the contact, `u` its owner in the company, `o` the person outside, `a` their account.
 * Nobody is found by what is not seen of them: of a person outside that is the name, the company, and the address of
 * whoever is there. Their number, title and department are not looked through, though some of them may be seen.
 */
export function conditionOf(filters: CompanyFilters, facts: FilterFacts): Condition {
  const { q, person, group, domain, standing, ids } = filters;
  return all([
    ...(q === '' ? [] : [searchOf(q, facts)]),
    ...(person === '' ? [] : [{ sql: 'c.ownerId = ?', values: [person] }]),
    ...(group === '' ? [] : [groupIs(group)]),
    ...(domain === '' ? [] : [domainIs(domain, facts)]),
    ...(standing === '' ? [] : [standings[standing](facts)]),
    ...(ids === '' ? [] : [{ sql: 'c.id IN (?)', values: [ids.split(',')] }]),
  ]);
}

/** Whether a filter asks who of the people outside is paused. */
export function asksForPaused({ q, domain, standing }: CompanyFilters): boolean {
  return q !== '' || domain !== '' || ['here', 'paused', 'not-allowed'].includes(standing);
}

/** Addresses whose domain the lists do not allow, as `mayInvite` decides. */
export function forbiddenBy({ allowedDomains, blockedDomains }: DomainRules, facts: FilterFacts): Condition {
  const blocked = coveredBy(blockedDomains);
  const allowed = coveredBy(allowedDomains);
  const parts = [
    ...(blockedDomains.length > 0 ? [blocked] : []),
    ...(allowedDomains.length > 0 ? [{ sql: `NOT (${allowed.sql})`, values: allowed.values }] : []),
  ];
  return all([seen(facts), joined(parts, 'OR')]);
}

const DOMAIN = `SUBSTRING_INDEX(o.email, '@', -1)`;

/** The domain itself or one above it is among these: its last two labels, its last three, … are looked up. */
function coveredBy(domains: readonly string[]): Condition {
  const byLabels = new Map<number, string[]>();
  for (const domain of domains) {
    const labels = domain.split('.').length;
    byLabels.set(labels, [...(byLabels.get(labels) ?? []), domain]);
  }
  return joined(
    [...byLabels].map(([labels, ofLabels]) => ({
      sql: `SUBSTRING_INDEX(${DOMAIN}, '.', -${labels}) IN (?)`,
      values: [ofLabels],
    })),
    'OR',
  );
}

/** They are there: active, in an open account. */
const HERE = `o.status = 'active' AND o.liveKey = 1 AND a.closedAt IS NULL`;

/** Their address is seen. */
function seen({ paused }: FilterFacts): Condition {
  if (paused.length === 0) return { sql: HERE, values: [] };
  return { sql: `${HERE} AND o.id NOT IN (?)`, values: [paused] };
}

const standings: Record<Exclude<CompanyFilters['standing'], ''>, (facts: FilterFacts) => Condition> = {
  here: seen,
  paused: ({ paused }) => (paused.length === 0 ? nothing : { sql: 'o.id IN (?)', values: [paused] }),
  gone: () => ({ sql: `o.status <> 'active' OR o.liveKey IS NULL OR a.closedAt IS NOT NULL`, values: [] }),
  'not-allowed': (facts) => forbiddenBy(facts.rules, facts),
  left: () => ({ sql: `u.status <> 'active'`, values: [] }),
};

/** Each word is in the name, address or company outside, or in what our own person is found by on `/users`. */
function searchOf(q: string, facts: FilterFacts): Condition {
  const patterns = wordsOf(q).map(likePattern);
  if (patterns.length === 0) return nothing;
  const shown = seen(facts);
  return all(
    patterns.map((pattern) => ({
      sql: `u.searchKey LIKE ? OR o.sortKey LIKE ? OR (a.kind = 'company' AND a.name LIKE ?)
            OR (o.email LIKE ? AND ${shown.sql})`,
      values: [pattern, pattern, pattern, pattern, ...shown.values],
    })),
  );
}

/** What holds a dot may be an address or its domain; anything else is looked for as names are kept. */
function wordsOf(q: string): string[] {
  return q
    .split(/\s+/u)
    .flatMap((word) => {
      const address = addressSearched(word);
      return word.includes('.') && address !== word.toLowerCase() ? [address] : searchWords(word);
    })
    .slice(0, 8);
}

function groupIs(group: string): Condition {
  const members = 'SELECT m.userId FROM user_group_members m';
  if (isId(group)) return { sql: `c.ownerId IN (${members} WHERE m.groupId = ?)`, values: [group] };
  return {
    sql: `c.ownerId IN (${members} JOIN user_groups g ON g.id = m.groupId
          WHERE g.accountId = c.accountId AND g.nameKey = ?)`,
    values: [nameKeyOf(group)],
  };
}

function domainIs(typed: string, facts: FilterFacts): Condition {
  const domain = normaliseDomain(typed);
  // Of what is no domain nobody has an address.
  return domain === null ? nothing : all([seen(facts), coveredBy([domain])]);
}

const nothing: Condition = { sql: '1 = 0', values: [] };

function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? { sql: '1 = 1', values: [] } : joined(conditions, 'AND');
}

/** @returns what is never true for no conditions at all */
function joined(conditions: readonly Condition[], word: 'AND' | 'OR'): Condition {
  if (conditions.length === 0) return nothing;
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(` ${word} `),
    values: conditions.flatMap(({ values }) => values),
  };
}
