import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counters } from '../../accounts/counters.service.js';
import { HomeSections, type HomeItem, type HomeSection } from '../../accounts/home-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { ChecklistProgress, steps } from '../checklist/checklist.query.js';

/** Shows administrators on their home page what waits for them in their company. */
@Injectable()
export class CompanyOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly counters: Counters,
    private readonly checklist: ChecklistProgress,
  ) {}

  onModuleInit(): void {
    this.sections.offer('company', (words, reader) => this.section(words, reader));
  }

  private async section(words: Words, { account, accountId, role }: SignedIn): Promise<HomeSection | null> {
    if (role === 'member' || account.kind === 'personal') return null;
    const [{ pending }, toDo] = await Promise.all([
      this.counters.of(accountId),
      this.checklistItem(words, accountId),
    ]);
    const items: HomeItem[] = [...toDo];
    if (pending > 0)
      items.push({
        ...{ name: words.t('home.company.pending', { count: pending }), href: '/users?status=pending' },
        ...{ note: words.t('home.company.pending-note'), icon: 'clock' },
      });
    if (items.length === 0) return null;
    return {
      ...{ anchor: 'company', title: words.t('home.company.title'), empty: '', items },
      more: [{ href: '/users', label: words.t('home.company.more') }],
    };
  }

  /** Until it is done, or put away. */
  private async checklistItem(words: Words, accountId: string): Promise<HomeItem[]> {
    if (await this.checklist.isHidden(accountId)) return [];
    const { done } = await this.checklist.of(accountId);
    const left = steps.filter((step) => !done[step]).length;
    if (left === 0) return [];
    return [
      {
        ...{ name: words.t('home.company.checklist', { count: left }), href: '/checklist' },
        ...{ note: words.t('home.company.checklist-note'), icon: 'check-circle' },
      },
    ];
  }
}
