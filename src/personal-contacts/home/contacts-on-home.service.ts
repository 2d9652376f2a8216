import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HomeSections, type HomeStep } from '../../accounts/home-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';

/** Shows on the home page of whoever keeps no contacts yet how to bring an address book. */
@Injectable()
export class ContactsOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.sections.suggest('contacts', (words, reader) => this.step(words, reader));
  }

  private async step(words: Words, { id, features }: SignedIn): Promise<HomeStep | null> {
    if (!features['personal-contacts']) return null;
    const kept = await this.database.query<unknown[]>(
      'SELECT 1 FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL LIMIT 1',
      [id],
    );
    if (kept.length > 0) return null;
    return {
      ...{ icon: 'personal-contacts', title: words.t('home.step.contacts') },
      text: words.t('home.step.contacts-text'),
      ...{ href: '/personal-contacts/import', label: words.t('home.step.contacts-link') },
    };
  }
}
