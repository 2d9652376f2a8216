import { domainShown, type DomainRules } from '../../accounts/domain-rules.js';
import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { problemsOf, textarea } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { type LeftOut } from './asked-addresses.js';
import { type InviteForm } from './invite.form.js';
import { reasonText } from './sent-words.js';

export const INVITE = `${EXTERNAL}/invite`;

/** Domains a company's rule is shown with; the rest is a number. */
const DOMAINS_SHOWN = 10;

/** What the form is filled with when it is opened. */
export interface Filled {
  email: string;
  message: string | null;
}

/** A list that came back: what is left out of it, and how many could be asked. */
export interface InviteList {
  left: readonly LeftOut[];
  right: number;
}

/** `/external-contacts/invite`: whom to ask, and what to tell them. */
export function inviteView(
  words: Words,
  reader: SignedIn,
  rules: DomainRules,
  filled: Filled,
  submission?: Submission<InviteForm>,
  list?: InviteList,
) {
  const returned = submission && returnedOf(words, submission, list);
  const fields = [
    textarea(
      words,
      {
        ...{ name: 'email', labelKey: 'external-invite.email', value: filled.email, rows: 4 },
        ...{ hintKey: 'external-invite.email-hint', hintValues: { max: limits.externalAddresses } },
      },
      returned,
    ),
    textarea(
      words,
      {
        ...{
          name: 'message',
          labelKey: 'external-invite.message',
          value: filled.message,
          rows: 5,
          optional: true,
        },
        hintKey: 'external-invite.message-hint',
        hintValues: { max: limits.externalMessageCharacters },
      },
      returned,
    ),
  ];
  const left = list?.left.filter(({ typed }) => typed !== '') ?? [];
  return {
    title: words.t('external-invite.title'),
    text: words.t('external-invite.text', { days: limits.invitationDays }),
    backHref: EXTERNAL,
    ...{ action: `${EXTERNAL}/requests`, once: submission?.once ?? newId() },
    fields,
    problems: problemsOf(words, fields, returned),
    ...rulesOf(words, reader, rules),
    left: left.map((each) => ({
      typed: each.typed,
      reason: reasonText(words, each),
      ...(each.help ? { href: each.help.href, label: words.t(each.help.key) } : {}),
    })),
    ...(list && left.length > 0 && list.right > 0
      ? { takeRight: words.t('external-invite.take-right', { count: list.right }) }
      : {}),
    counter: { field: 'message', max: limits.externalMessageCharacters },
  };
}

/** What came back with what is to be put right in it: one sentence at the field, each address in its own line above. */
function returnedOf(words: Words, submission: Submission<InviteForm>, list: InviteList | undefined) {
  const { typed } = submission;
  const said = typed['email'];
  const lines = (Array.isArray(said) ? said : [said ?? '']).join('\n');
  const { left = [], right = 0 } = list ?? {};
  const [only] = left;
  const problem =
    left.length === 0
      ? []
      : left.length === 1 && (right === 0 || only.typed === '')
        ? [{ field: 'email', key: 'external-sent.told', values: { sentences: reasonText(words, only) } }]
        : [{ field: 'email', key: 'external-invite.some-left', values: { count: left.length } }];
  return { typed: { ...typed, email: lines }, problems: [...submission.problems, ...problem] };
}

/** Whom the company lets its people ask, said before they type, and who can change it. */
function rulesOf(words: Words, reader: SignedIn, { allowedDomains, blockedDomains }: DomainRules) {
  const rule = (key: string, domains: readonly string[]) => {
    if (domains.length === 0) return [];
    const rest = domains.length - DOMAINS_SHOWN;
    const named = words.list([
      ...domains.slice(0, DOMAINS_SHOWN).map(domainShown),
      ...(rest > 0 ? [words.t('external-invite.told.more', { count: rest })] : []),
    ]);
    return [words.t(key, { company: reader.account.name, domains: named })];
  };
  const rules = [
    ...rule('external-invite.rule-allowed', allowedDomains),
    ...rule('external-invite.rule-blocked', blockedDomains),
  ];
  if (rules.length === 0) return {};
  const admin = reader.role !== 'member';
  return {
    rules,
    ...(admin
      ? { rulesHref: '/settings#external-contacts', rulesLabel: words.t('external-invite.open-rules') }
      : { rulesHelp: words.t('external-invite.rules-help') }),
  };
}
