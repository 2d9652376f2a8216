import { Controller, Get, Param, Post } from '@nestjs/common';
import { Accounts } from '../../accounts/accounts.service.js';
import { GroupUndo } from '../../accounts/group-undo.service.js';
import { Groups } from '../../accounts/groups.service.js';
import { sameValue } from '../../journal/changes.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { BadRequest } from '../../errors/domain-error.js';
import { settingsEffectView, settingsView } from './group-change.view.js';
import { GroupEffects } from './group-effects.query.js';
import { GroupPages, isChangedMeanwhile, revisionOf } from './group-pages.js';
import { groupFeaturesIn, GroupSettingsForm } from './group.forms.js';
import { GroupsQuery } from './groups.query.js';

/** Groups for settings and administration. */
@Admin()
@Controller('user-groups')
export class UserGroupsController extends GroupPages {
  protected readonly kind = 'userGroups' as const;

  constructor(
    groups: Groups,
    restoring: GroupUndo,
    query: GroupsQuery,
    private readonly effects: GroupEffects,
    private readonly accounts: Accounts,
  ) {
    super(groups, restoring, query);
  }

  @Get(':id/settings')
  async settings(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    const [group, { features }] = await Promise.all([
      this.group(accountId, id),
      this.accounts.get(accountId),
    ]);
    return page('groups/change', settingsView(words, group, features));
  }

  /** First says what would change; saves once that was confirmed. */
  @Post(':id/settings')
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(GroupSettingsForm) { form, refused }: Submission<GroupSettingsForm>,
  ): Promise<Page | Redirect> {
    if (refused) throw new BadRequest('common.error.bad-request');
    const { accountId } = reader;
    const group = await this.group(accountId, id);
    const features = groupFeaturesIn(form.features);
    const revision = revisionOf(form, group);
    if (revision !== group.revision) return this.conflict(accountId, words, id, form);
    if (sameValue(features, group.features ?? {}))
      return redirect(this.path(group.id), { kind: 'notice', key: 'groups.unchanged' });
    if (!form.confirmed) {
      const effects = await this.effects.ofFeatures(accountId, group, features);
      return page('groups/effect', settingsEffectView(words, group, features, effects));
    }
    try {
      await this.groups.setFeatures(reader, facts, group.id, { features, revision });
    } catch (error) {
      if (isChangedMeanwhile(error)) return this.conflict(accountId, words, id, form);
      throw error;
    }
    const values = { name: group.name };
    return redirect(this.path(group.id), { kind: 'success', key: 'user-groups.settings-saved', values });
  }

  /** What the form held stays in it, beside what somebody else saved meanwhile. */
  private async conflict(
    accountId: string,
    words: Words,
    id: string,
    form: GroupSettingsForm,
  ): Promise<Page> {
    const [group, { features }] = await Promise.all([
      this.group(accountId, id),
      this.accounts.get(accountId),
    ]);
    return page(
      'groups/change',
      settingsView(words, group, features, groupFeaturesIn(form.features), true),
      409,
    );
  }
}
