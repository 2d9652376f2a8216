import { Controller, Get, Param, Post } from '@nestjs/common';
import { type ChatGroupKind } from '../../accounts/group.entities.js';
import { GroupUndo } from '../../accounts/group-undo.service.js';
import { Groups } from '../../accounts/groups.service.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { kindEffectView, kindView } from './group-change.view.js';
import { GroupEffects } from './group-effects.query.js';
import { GroupPages, isChangedMeanwhile, revisionOf } from './group-pages.js';
import { ChatKindForm } from './group.forms.js';
import { GroupsQuery } from './groups.query.js';

/** Groups that decide what the directory shows. */
@Admin()
@Controller('chat-groups')
export class ChatGroupsController extends GroupPages {
  protected readonly kind = 'chatGroups' as const;

  constructor(
    groups: Groups,
    restoring: GroupUndo,
    query: GroupsQuery,
    private readonly effects: GroupEffects,
  ) {
    super(groups, restoring, query);
  }

  @Get(':id/kind')
  async choose(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return page('groups/change', kindView(words, await this.group(accountId, id)));
  }

  /** First says what would change; saves once that was confirmed. */
  @Post(':id/kind')
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(ChatKindForm) submission: Submission<ChatKindForm>,
  ): Promise<Page | Redirect> {
    const { accountId } = reader;
    const group = await this.group(accountId, id);
    if (submission.refused) return page('groups/change', kindView(words, group, submission), 422);
    const { form } = submission;
    const kind = form.kind as ChatGroupKind;
    const revision = revisionOf(form, group);
    if (revision !== group.revision)
      return page('groups/change', kindView(words, group, submission, true), 409);
    if (kind === group.kind)
      return redirect(this.path(group.id), { kind: 'notice', key: 'groups.unchanged' });
    if (!form.confirmed) {
      const counts = await this.effects.ofKind(accountId, group.id);
      return page('groups/effect', kindEffectView(words, group, kind, counts));
    }
    try {
      await this.groups.changeKind(reader, facts, group.id, { kind, revision });
    } catch (error) {
      if (!isChangedMeanwhile(error)) throw error;
      const present = await this.group(accountId, id);
      return page('groups/change', kindView(words, present, submission, true), 409);
    }
    const values = { name: group.name, kind: words.t(`chat-groups.kind.${kind}`) };
    return redirect(this.path(group.id), { kind: 'success', key: 'chat-groups.kind-saved', values });
  }
}
