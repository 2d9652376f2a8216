import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OutsideContacts } from '../../accounts/outside-contacts.js';
import { PersonSections, type PersonSection } from '../../accounts/person-sections.js';
import { type Id } from '../../database/id.js';
import { type Words } from '../../web/words.js';
import { CompanyContacts } from './company-contacts.query.js';
import { companyPath, readCompanyState } from './company-list.state.js';
import { standingBadge } from './company-words.js';

/** Contacts that a person's page names; the list has them all. */
const NAMED = 5;

/** Tells pages of user management what they cannot know: who of somebody's contacts is where, and what rules forbid. */
@Injectable()
export class CompanySeams implements OnModuleInit {
  constructor(
    private readonly contacts: CompanyContacts,
    private readonly outside: OutsideContacts,
    private readonly sections: PersonSections,
  ) {}

  onModuleInit(): void {
    this.outside.comeFrom((accountId, rules) => this.contacts.forbidden(accountId, rules));
    this.sections.offer((words, person) => this.section(words, person));
  }

  private async section(words: Words, person: { accountId: Id; id: Id }): Promise<PersonSection> {
    const state = { ...readCompanyState({}), person: person.id };
    const [count, { rows }] = await Promise.all([
      this.contacts.count(person.accountId, state),
      this.contacts.read(person.accountId, state, {}, NAMED),
    ]);
    return {
      anchor: 'external-contacts',
      title: words.t('company-external.section.title'),
      text: words.t('company-external.section.text', { count }),
      items: rows.map(({ contact }) => {
        const badge = standingBadge(words, contact);
        return {
          name: contact.name || words.t('company-external.erased'),
          note: [contact.email, contact.company].filter(Boolean).join(' · '),
          ...(badge ? { badge } : {}),
        };
      }),
      more:
        count === 0
          ? []
          : [{ href: companyPath(state), label: words.t('company-external.section.all', { count }) }],
    };
  }
}
