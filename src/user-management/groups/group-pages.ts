import { Get, Param, Post, Query } from '@nestjs/common';
import { type Group } from '../../accounts/group-rows.js';
import { type GroupKind } from '../../accounts/group-tables.js';
import { type GroupUndo } from '../../accounts/group-undo.service.js';
import { type Groups } from '../../accounts/groups.service.js';
import { localPath } from '../../auth/local-path.js';
import { isId, type Id } from '../../database/id.js';
import { type Place } from '../../database/keyset.js';
import { Conflict, NotFound } from '../../errors/domain-error.js';
import { tidy } from '../../text/tidy.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { areas, deletedGroupsView, editGroupView, groupListView, newGroupView } from './group-list.view.js';
import { GroupForm } from './group.forms.js';
import { groupView } from './group.view.js';
import { type GroupsQuery } from './groups.query.js';

/** What the pages of both kinds of groups have in common: the list, one group, its name, its end and its return. */
export abstract class GroupPages {
  protected abstract readonly kind: GroupKind;

  constructor(
    protected readonly groups: Groups,
    private readonly restoring: GroupUndo,
    protected readonly query: GroupsQuery,
  ) {}

  @Get()
  async list(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = stateOf(query);
    const [found, total] = await Promise.all([
      this.query.page(accountId, this.kind, state),
      this.query.count(accountId, this.kind),
    ]);
    return page('groups/list', groupListView(words, this.kind, { q: state.q, page: found, total }));
  }

  @Get('new')
  form(@CurrentWords() words: Words): Page {
    return page('groups/form', newGroupView(words, this.kind));
  }

  @Get('deleted')
  async deleted(@CurrentUser() { accountId }: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const [groups, total] = await Promise.all([
      this.query.deleted(accountId, this.kind),
      this.query.count(accountId, this.kind),
    ]);
    return page('groups/deleted', deletedGroupsView(words, this.kind, total, groups));
  }

  @Post()
  async create(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(GroupForm) submission: Submission<GroupForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return page('groups/form', newGroupView(words, this.kind, submission), 422);
    const { form, once } = submission;
    try {
      const id = await this.groups.create(reader, facts, this.kind, {
        ...(isId(once) ? { id: once } : {}),
        name: form.name,
        chatKind: form.kind ?? 'normal',
      });
      return redirect(this.path(id), { kind: 'success', key: 'groups.created', values: { name: form.name } });
    } catch (error) {
      const taken = nameTaken(error);
      const again = submission.with(taken.problem);
      return page('groups/form', newGroupView(words, this.kind, again, taken.group), 409);
    }
  }

  /** Takes a deletion, or an addition or removal of people, back. */
  @Post('restorations/:batchId')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('batchId') batchId: string,
  ): Promise<Redirect> {
    if (!isId(batchId)) throw new NotFound();
    try {
      const { id, name } = await this.restoring.undo(reader, facts, this.kind, batchId);
      return redirect(this.path(id), { kind: 'success', key: 'groups.undone', values: { name } });
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const { key, values } = error;
      return redirect(`${this.path()}/deleted`, { kind: 'failure', key, values });
    }
  }

  @Get(':id')
  async show(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const group = await this.group(accountId, id);
    const { q, place } = stateOf(query);
    const total = (await this.query.counts(accountId, this.kind, [group.id])).get(group.id) ?? 0;
    const members = await this.query.members(accountId, this.kind, group.id, { q, place, total });
    return page('groups/group', groupView(words, this.kind, group, { q, page: members, total }));
  }

  @Get(':id/edit')
  async edit(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return page('groups/form', editGroupView(words, this.kind, await this.group(accountId, id)));
  }

  @Post(':id')
  async rename(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(GroupForm) submission: Submission<GroupForm>,
  ): Promise<Page | Redirect> {
    const group = await this.group(reader.accountId, id);
    if (submission.refused)
      return page('groups/form', editGroupView(words, this.kind, group, submission), 422);
    const { name } = submission.form;
    const revision = revisionOf(submission.form, group);
    try {
      await this.groups.rename(reader, facts, this.kind, group.id, { name, revision });
    } catch (error) {
      if (isChangedMeanwhile(error)) {
        const present = await this.group(reader.accountId, id);
        const problem = {
          ...{ field: 'name', key: 'groups.problem.renamed-meanwhile' },
          values: { name: present.name, wanted: name },
        };
        return page('groups/form', editGroupView(words, this.kind, present, submission.with(problem)), 409);
      }
      const taken = nameTaken(error);
      const again = submission.with(taken.problem);
      return page('groups/form', editGroupView(words, this.kind, group, again, taken.group), 409);
    }
    return redirect(this.path(group.id), { kind: 'success', key: 'groups.renamed', values: { name } });
  }

  @Post(':id/deletion')
  async remove(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    if (!isId(id)) throw new NotFound();
    const { group, batchId } = await this.groups.remove(reader, facts, this.kind, id);
    return redirect(this.path(), {
      kind: 'success',
      key: group.kind === 'restricted' ? 'groups.deleted-restricted' : 'groups.deleted-group',
      values: { name: group.name },
      undo: `${this.path()}/restorations/${batchId}`,
    });
  }

  /** @throws NotFound for what is no id, and for another account's group */
  protected group(accountId: Id, id: string): Promise<Group> {
    if (!isId(id)) throw new NotFound();
    return this.groups.find(accountId, this.kind, id);
  }

  protected path(id?: Id): string {
    return `/${areas[this.kind]}${id ? `/${id}` : ''}`;
  }
}

/** The state of a list as its address carries it. */
export function stateOf(query: Record<string, unknown>): { q: string; place: Place } {
  const { q, after, before } = query;
  return {
    q: typeof q === 'string' ? tidy(q).slice(0, 200) : '',
    place: {
      ...(typeof after === 'string' ? { after } : {}),
      ...(typeof before === 'string' ? { before } : {}),
    },
  };
}

/** The revision a form was opened with; a script that sends none takes what is there. */
export function revisionOf({ revision }: { revision: string | null }, group: Group): number {
  return revision === null ? group.revision : Number(revision);
}

export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof Conflict && error.key === 'groups.problem.changed-meanwhile';
}

/** A form's way back, if it is one of ours. */
export function backTo(from: string, otherwise: string): string {
  return localPath(from) ?? otherwise;
}

/** What a form says of a name somebody else has. @throws whatever else went wrong */
function nameTaken(error: unknown) {
  if (!(error instanceof Conflict) || error.key !== 'groups.problem.name-taken') throw error;
  const { key, values } = error;
  return {
    problem: { field: 'name', key, values },
    group: { id: String(values['id']), name: String(values['name']) },
  };
}
