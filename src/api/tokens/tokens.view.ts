import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { tokenScopes } from '../../web/access.js';
import { checkboxGroup, field, problemsOf, select } from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { scopesIn } from './api-token.entity.js';
import { dayChoices, scopesOf, type TokenForm } from './token.form.js';
import { type ListedToken } from './tokens.service.js';

/** `/settings/tokens` */
export function tokensView(words: Words, tokens: readonly ListedToken[]) {
  const left = tokens.filter((token) => isInUse(token) && token.makerGone).length;
  return {
    title: words.t('tokens.title'),
    columns: ['name', 'may', 'used', 'until', 'made'].map((name) => ({
      label: words.t(`tokens.column.${name}`),
    })),
    makersGone: left === 0 ? '' : words.t('tokens.maker-gone', { count: left }),
    empty:
      tokens.length > 0
        ? null
        : {
            ...{ icon: 'key', title: words.t('tokens.empty-title'), text: words.t('tokens.empty') },
            ...{ href: '/settings/tokens/new', label: words.t('tokens.new') },
          },
    rows: tokens.map((token) => ({
      ...{ name: token.name, ends: words.t('tokens.ends', { ending: token.ending }) },
      may: scopesText(words, token),
      used: token.lastUsedAt ? words.relative(token.lastUsedAt) : words.t('tokens.never-used'),
      until: token.expiresAt ? words.date(token.expiresAt) : words.t('tokens.no-end'),
      made: madeText(words, token),
      badge: badgeOf(words, token),
      revokeHref: isInUse(token) ? `/settings/tokens/${token.id}/revocation` : '',
    })),
  };
}

export function newTokenView(words: Words, returned?: Submission<TokenForm>) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'name', labelKey: 'tokens.field.name', hintKey: 'tokens.hint.name' },
        ...{ maxlength: limits.nameCharacters, autocomplete: 'off' },
      },
      returned,
    ),
    checkboxGroup(
      words,
      {
        ...{ name: 'scopes', labelKey: 'tokens.field.scopes' },
        options: tokenScopes.map((value) => ({
          ...{ value, labelKey: `tokens.scope.${value}`, hintKey: `tokens.scope.${value}.hint` },
        })),
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'days', labelKey: 'tokens.field.days' },
        options: dayChoices.map((value) => ({ value, labelKey: `tokens.days.${value || 'none'}` })),
      },
      returned,
    ),
  ];
  return {
    ...{ title: words.t('tokens.new'), fields, problems: problemsOf(words, fields, returned) },
    once: returned?.once ?? newId(),
  };
}

/** The only page that ever shows it. */
export function madeTokenView(words: Words, form: TokenForm, token: string, publicUrl: string) {
  const [scope] = scopesOf(form);
  return {
    ...{ title: words.t('tokens.made-title'), name: words.t('tokens.made-of', { name: form.name }), token },
    example: scope === 'lookup:read' ? lookupExample(publicUrl, token) : reportExample(publicUrl, token),
  };
}

export function revokeTokenView(words: Words, token: ListedToken, unticked: boolean) {
  const { id, name, ending, lastUsedAt } = token;
  return {
    ...{ title: words.t('tokens.revoke-title', { name }), action: `/settings/tokens/${id}/revocation` },
    facts: [
      words.t('tokens.revoke-ends', { ending }),
      lastUsedAt
        ? words.t('tokens.revoke-used', { when: words.relative(lastUsedAt) })
        : words.t('tokens.revoke-unused'),
      words.t('tokens.revoke-keeps'),
    ],
    problems: unticked ? [{ text: words.t('tokens.tick-first'), href: '#confirmed' }] : [],
  };
}

export function isInUse({ revokedAt, expired }: Pick<ListedToken, 'revokedAt' | 'expired'>): boolean {
  return revokedAt === null && !expired;
}

function scopesText(words: Words, { scopes }: ListedToken): string {
  return scopesIn(scopes)
    .map((scope) => words.t(`tokens.scope.${scope}`))
    .join(' · ');
}

function madeText(words: Words, { maker, createdAt }: ListedToken): string {
  const date = words.date(createdAt);
  return maker
    ? words.t('tokens.made-by', { date, name: maker })
    : words.t('tokens.made-by-nobody', { date });
}

function badgeOf(words: Words, token: ListedToken) {
  if (token.revokedAt) return { icon: 'close', text: words.t('tokens.state.revoked') };
  if (token.expired) return { icon: 'clock', text: words.t('tokens.state.expired') };
  if (token.makerGone) return { kind: 'warn', icon: 'alert', text: words.t('tokens.state.maker-gone') };
  return null;
}

function lookupExample(publicUrl: string, token: string): string {
  return `curl -H 'Authorization: Bearer ${token}' '${publicUrl}/api/v1/lookup?number=%2B33612345678&user=201'`;
}

function reportExample(publicUrl: string, token: string): string {
  return `curl -H 'Authorization: Bearer ${token}' --json '{"calls":[]}' ${publicUrl}/api/v1/calls`;
}
