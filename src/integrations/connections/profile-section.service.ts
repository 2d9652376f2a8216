import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ProfileSections, type ProfileSection } from '../../accounts/profile-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { Connections } from './connections.service.js';
import { stateBadge } from './integrations.view.js';
import { providerNames } from './provider-names.js';
import { INTEGRATIONS } from './providers.js';

/** Shows one's connections on the profile, with the way to set one up. */
@Injectable()
export class ConnectionsOnProfile implements OnModuleInit {
  constructor(
    private readonly sections: ProfileSections,
    private readonly connections: Connections,
  ) {}

  onModuleInit(): void {
    this.sections.offer((words, reader) => this.section(words, reader));
  }

  private async section(words: Words, reader: SignedIn): Promise<ProfileSection | null> {
    if (!reader.features.integrations) return null;
    const connections = await this.connections.of(reader.id);
    return {
      anchor: 'integrations',
      title: words.t('integrations.profile.title'),
      text: words.t(connections.length > 0 ? 'integrations.profile.text' : 'integrations.profile.none'),
      items: connections.map(({ provider, accountName, lastSuccessAt, ...connection }) => ({
        label: `${providerNames[provider]}: ${accountName}`,
        ...(lastSuccessAt
          ? { note: words.t('integrations.profile.success', { when: words.relative(lastSuccessAt) }) }
          : {}),
        badge: stateBadge(words, connection),
      })),
      links: [
        {
          href: INTEGRATIONS,
          label: words.t(`integrations.profile.${connections.length > 0 ? 'manage' : 'set-up'}`),
        },
      ],
    };
  }
}
