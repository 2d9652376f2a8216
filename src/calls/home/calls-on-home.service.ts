import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HomeSections, type HomeItem, type HomeSection } from '../../accounts/home-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { outcomeBadge } from '../call-words.js';
import { CallList, type ListedCall } from '../list/call-list.query.js';
import { CALLS } from '../list/call-list.state.js';
import { CALLS_WAITING } from '../waiting-calls.js';
import { Callers, type Caller } from '../who/callers.service.js';
import { withOf } from '../who/dialled.js';
import { otherSideView } from '../who/other-side.view.js';

/** Lines of the part, and among how many of the last calls those that wait are looked for. */
const MOST = 6;
const READ = 30;

const all = { sql: '1 = 1', values: [] };

/** Shows on the home page the last calls: first the missed ones one has not seen and the voicemails one has not heard. */
@Injectable()
export class CallsOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly calls: CallList,
    private readonly callers: Callers,
  ) {}

  onModuleInit(): void {
    this.sections.offer('calls', (words, reader) => this.section(words, reader));
  }

  private async section(words: Words, reader: SignedIn): Promise<HomeSection | null> {
    if (!reader.features.phone) return null;
    const last = await this.calls.recent(reader.id, 'all', all, READ);
    const shown = [...last.filter(waits), ...last.filter((call) => !waits(call))].slice(0, MOST);
    const callers = await this.callers.of(reader, shown);
    const waiting = reader.counts[CALLS_WAITING] ?? 0;
    const more = words.t('home.calls.more');
    return {
      ...{ anchor: 'calls', title: words.t('home.calls.title'), empty: words.t('home.calls.empty') },
      items: shown.map((call) => itemOf(words, reader, call, callers.get(withOf(call)))),
      more: [
        {
          href: CALLS,
          label: waiting > 0 ? `${more} (${words.t('home.calls.waiting', { count: waiting })})` : more,
        },
      ],
    };
  }
}

function waits({ heardAt }: ListedCall): boolean {
  return heardAt === null;
}

function itemOf(words: Words, reader: SignedIn, call: ListedCall, caller: Caller | undefined): HomeItem {
  const side = otherSideView(words, reader, call, caller);
  const { icon, text, kind } = outcomeBadge(words, call);
  return {
    ...{ name: side.name, href: `${CALLS}/${call.id}`, avatar: side.avatar },
    note: [words.relative(call.startedAt), side.line, side.claimed].filter(Boolean).join(' · '),
    badge: { icon, text, ...(kind && waits(call) ? { kind } : {}) },
    ...(side.reach ? { reach: side.reach.links } : {}),
  };
}
