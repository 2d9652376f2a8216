import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  HomeSections,
  type HomeItem,
  type HomeSection,
  type HomeStep,
} from '../../accounts/home-sections.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { Connections } from '../connections/connections.service.js';
import { stateBadge } from '../connections/integrations.view.js';
import { providerNames } from '../connections/provider-names.js';
import { connectPagesOf, INTEGRATIONS, shownProviders, signInPage } from '../connections/providers.js';
import { CONFLICTS, problemText } from '../contacts/cloud-words.js';
import { ConnectionTroubles, type ConnectionTrouble } from './problems.query.js';

/** Most lines of a part of the home page. */
const MOST = 8;

/** Shows on the home page what waits for the owner of a mailbox: to sign in, to decide, to choose. */
@Injectable()
export class ProblemsOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly troubles: ConnectionTroubles,
    private readonly connections: Connections,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.sections.offer('problems', (words, reader) => this.section(words, reader));
    this.sections.suggest('mailbox', (words, reader) => this.step(words, reader));
  }

  /** null while all is in step: nobody need read that nothing is wrong. */
  private async section(words: Words, reader: SignedIn): Promise<HomeSection | null> {
    if (!reader.features.integrations) return null;
    const troubles = await this.troubles.of(reader.id);
    const items = [
      ...troubles.flatMap((trouble) => this.itemsOf(words, trouble)),
      ...conflictsOf(words, reader.counts['cloudConflicts'] ?? 0),
    ];
    if (items.length === 0) return null;
    return {
      ...{ anchor: 'problems', title: words.t('home.problems.title'), empty: '' },
      items: items.slice(0, MOST),
      more: [{ href: INTEGRATIONS, label: words.t('home.problems.more') }],
    };
  }

  /** Of each connection the worst alone: what else is wrong is on its page. */
  private itemsOf(words: Words, trouble: ConnectionTrouble): HomeItem[] {
    const { id, provider, accountName, state, problem, asks, refused } = trouble;
    const name = `${providerNames[provider]} (${accountName})`;
    const line = (href: string, note: string) => ({ name, href, note, icon: 'cloud' });
    if (state === 'needs-sign-in')
      return [
        {
          ...line(
            signInPage(connectPagesOf(this.environment), trouble) ?? INTEGRATIONS,
            problem === null ? '' : problemText(words, problem),
          ),
          badge: stateBadge(words, { state, problem }),
        },
      ];
    // A paused one was paused by somebody, and has nothing to mend.
    if (state !== 'connected') return [];
    if (asks)
      return [
        {
          ...line(`${INTEGRATIONS}/${id}/brake`, words.t('home.problems.asks')),
          badge: { kind: 'warn', icon: 'alert', text: words.t('integrations.state.asks') },
        },
      ];
    if (problem !== null && problem.key !== 'brake')
      return [
        { ...line(INTEGRATIONS, problemText(words, problem)), badge: stateBadge(words, { state, problem }) },
      ];
    return refused ? [line(INTEGRATIONS, words.t('home.problems.refused'))] : [];
  }

  private async step(words: Words, reader: SignedIn): Promise<HomeStep | null> {
    if (!reader.features.integrations) return null;
    const [allowed, connected] = await Promise.all([
      this.connections.providersOf(reader.accountId),
      this.troubles.hasConnection(reader.id),
    ]);
    const pages = connectPagesOf(this.environment);
    const possible = shownProviders.some((provider) => allowed[provider] && pages[provider] !== null);
    if (connected || !possible) return null;
    return {
      ...{ icon: 'cloud', title: words.t('home.step.mailbox'), text: words.t('home.step.mailbox-text') },
      ...{ href: INTEGRATIONS, label: words.t('home.step.mailbox-link') },
    };
  }
}

function conflictsOf(words: Words, count: number): HomeItem[] {
  if (count === 0) return [];
  return [
    {
      ...{ name: words.t('home.problems.conflicts', { count }), href: CONFLICTS, icon: 'merge' },
      note: words.t('home.problems.conflicts-note'),
    },
  ];
}
