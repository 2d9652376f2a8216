import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HomeSections, type HomeSection, type HomeStep } from '../../accounts/home-sections.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL, RECEIVED, REQUESTS_WAITING } from '../external-tabs.view.js';
import { ReceivedRequests } from '../requests/received-requests.query.js';

/** Lines of the part. */
const MOST = 5;

/** Shows on the home page who waits for an answer, and whoever has no external contact how to have one. */
@Injectable()
export class ExternalOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly requests: ReceivedRequests,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.sections.offer('requests', (words, reader) => this.section(words, reader));
    this.sections.suggest('external', (words, reader) => this.step(words, reader));
  }

  private async section(words: Words, { id, features, counts }: SignedIn): Promise<HomeSection | null> {
    // Counted with the session: mostly nobody waits, and nothing is asked.
    if (!features['external-contacts'] || !counts[REQUESTS_WAITING]) return null;
    const { rows } = await this.requests.page(id, 'waiting', {});
    if (rows.length === 0) return null;
    return {
      ...{ anchor: 'requests', title: words.t('home.requests.title'), empty: '' },
      items: rows.slice(0, MOST).map(({ senderId, senderName, senderCompany, receivedAt }) => ({
        ...{ name: senderName, href: RECEIVED },
        note: [senderCompany, words.relative(receivedAt)].filter(Boolean).join(' · '),
        avatar: { initials: initialsIn(senderName), colour: colourOf(senderId) },
      })),
      more: [{ href: RECEIVED, label: words.t('home.requests.more', { count: counts[REQUESTS_WAITING] }) }],
    };
  }

  private async step(words: Words, { id, features }: SignedIn): Promise<HomeStep | null> {
    if (!features['external-contacts']) return null;
    const known = await this.database.query<unknown[]>(
      'SELECT 1 FROM external_contacts WHERE ownerId = ? AND endedAt IS NULL LIMIT 1',
      [id],
    );
    if (known.length > 0) return null;
    return {
      ...{ icon: 'external', title: words.t('home.step.external'), text: words.t('home.step.external-text') },
      ...{ href: `${EXTERNAL}/invite`, label: words.t('home.step.external-link') },
    };
  }
}
