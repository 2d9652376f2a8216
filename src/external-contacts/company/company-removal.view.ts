import { limits } from '../../config/limits.js';
import { type Words } from '../../web/words.js';
import { type CompanyContact } from './company-contacts.query.js';
import { COMPANY } from './company-list.state.js';
import { type CompanyRemovalForm } from './company-removal.form.js';
import { contactText, personText } from './company-words.js';

/** Contacts that the question names; the others are counted. */
const NAMED = 10;

/** What is asked before contacts end. @param problem key of why it is asked again */
export function companyRemovalView(
  words: Words,
  form: CompanyRemovalForm,
  contacts: readonly CompanyContact[],
  { list, problem }: { list: string; problem?: string },
) {
  const count = contacts.length;
  const people = new Set(contacts.map(({ person }) => person.id)).size;
  const named = contacts
    .slice(0, NAMED)
    .map(({ contact, person }) =>
      words.t('company-external.whole', { contact: contactText(contact), person: personText(person) }),
    );
  return {
    title: words.t('company-external.removal.title', { count }),
    backHref: list,
    action: `${COMPANY}/removals`,
    text: words.t('company-external.removal.text', { count, people }),
    named,
    more: count > NAMED ? words.t('company-external.removal.more', { count: count - NAMED }) : '',
    notes: ['both', 'told', 'kept', 'again'].map((note) =>
      words.t(`company-external.removal.${note}`, { days: limits.restoreDays }),
    ),
    tick: words.t('company-external.removal.tick', { count }),
    label: words.t('company-external.removal.do', { count }),
    hidden: [
      ...form.ids.map((value) => ({ name: 'ids', value })),
      ...[
        { name: 'all', value: form.all },
        { name: 'list', value: form.list },
      ],
      { name: 'counted', value: String(count) },
    ],
    problems: problem ? [{ text: words.t(problem, { count }), href: '#confirmed' }] : [],
    listHref: list,
  };
}
