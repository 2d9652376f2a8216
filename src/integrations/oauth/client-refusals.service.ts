import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { type Id } from '../../database/id.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { type OAuthProvider } from './oauth-clients.js';

/**
 * Tells the owners and administrators of a company that a provider refuses this installation: none of their people can mend that,
 * and who runs Carnet may not look at its log. Once for each client and secret, however many connections meet it.
 */
@Injectable()
export class ClientRefusals {
  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    private readonly notifications: Notifications,
  ) {}

  async tell(manager: EntityManager, accountId: Id, provider: OAuthProvider): Promise<void> {
    const settings = provider === 'google' ? this.environment.google : this.environment.microsoft;
    if (!settings) return;
    const { clientId, clientSecret } = settings;
    // Another client or secret that is refused is other news.
    const which = createHash('sha256').update(`${clientId}\n${clientSecret}`).digest('hex').slice(0, 16);
    const people = await manager.query<{ id: Id }[]>(
      `SELECT id FROM users WHERE accountId = ? AND status = 'active' AND liveKey = 1 AND role IN ('owner', 'admin')`,
      [accountId],
    );
    await this.notifications.tell(
      manager,
      people.map(({ id: userId }) => ({
        ...{ accountId, userId, kind: 'client-refused', values: { provider } },
        ...{
          href: `/company/integrations?provider=${provider}`,
          onceKey: `client-refused:${provider}:${which}`,
        },
      })),
    );
  }
}
