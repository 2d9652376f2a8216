import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConnectedPeople } from '../../accounts/connected-people.js';
import { PersonSections, type PersonSection } from '../../accounts/person-sections.js';
import { type Id } from '../../database/id.js';
import { type Words } from '../../web/words.js';
import { CompanyConnections, type CompanyConnection } from './company-connections.query.js';
import { companyPath, readCompanyState } from './company-state.js';
import { providerText, stateBadge, whyText } from './company-words.js';

/** Connections that a person's page names; the list has them all. */
const NAMED = 5;

/** Tells pages of user management what they cannot know: who is connected to what, and whom a provider's end is about. */
@Injectable()
export class IntegrationSeams implements OnModuleInit {
  constructor(
    private readonly connections: CompanyConnections,
    private readonly connected: ConnectedPeople,
    private readonly sections: PersonSections,
  ) {}

  onModuleInit(): void {
    this.connected.comeFrom((accountId, providers) => this.connections.people(accountId, providers));
    this.sections.offer((words, person) => this.section(words, person));
  }

  private async section(words: Words, person: { accountId: Id; id: Id }): Promise<PersonSection> {
    const state = { ...readCompanyState({}), person: person.id };
    const [count, { rows }] = await Promise.all([
      this.connections.count(person.accountId, state),
      this.connections.read(person.accountId, state, {}, NAMED),
    ]);
    return {
      anchor: 'integrations',
      title: words.t('company-integrations.section.title'),
      text: words.t('company-integrations.section.text', { count }),
      items: rows.map((connection) => ({
        name: words.t('company-integrations.section.mailbox', {
          provider: providerText(words, connection),
          mailbox: connection.accountName,
        }),
        note: noteOf(words, connection),
        badge: stateBadge(words, connection),
      })),
      more:
        count === 0
          ? []
          : [{ href: companyPath(state), label: words.t('company-integrations.section.all', { count }) }],
    };
  }
}

function noteOf(words: Words, connection: CompanyConnection): string {
  const { held, lastSuccessAt } = connection;
  const success = lastSuccessAt
    ? words.t('company-integrations.section.success', { at: words.dateTime(lastSuccessAt) })
    : '';
  const count = words.t('company-integrations.section.held', { count: held });
  return [count, success, whyText(words, connection)].filter(Boolean).join(' · ');
}
