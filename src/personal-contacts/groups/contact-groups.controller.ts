import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { isId } from '../../database/id.js';
import { Conflict } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { TooManyGroups } from '../group-writes.js';
import { CONTACTS, listPath, readListState } from '../list/contact-list.state.js';
import { undoPath } from '../undo/undone.view.js';
import { ContactGroupForm, DeletionForm, MergeForm } from './contact-group.form.js';
import { ContactGroups } from './contact-groups.query.js';
import { ContactGroupActs } from './contact-groups.service.js';
import { groupNamed } from './typed-group.js';
import { editGroupView, groupsView, mergeView, newGroupView } from './contact-groups.view.js';

const GROUPS = `${CONTACTS}/groups`;

/** One's own groups of contacts. A group itself is shown by the list, narrowed to it. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/groups')
export class ContactGroupsController {
  constructor(
    private readonly groups: ContactGroups,
    private readonly acts: ContactGroupActs,
  ) {}

  @Get()
  async list(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const { q, place } = readListState(query);
    const [shown, total, deleted] = await Promise.all([
      this.groups.page(id, { q, place }),
      this.groups.count(id),
      this.groups.deleted(id),
    ]);
    return page('contact-groups/list', groupsView(words, { q, page: shown, total, deleted }));
  }

  @Get('new')
  form(@CurrentWords() words: Words): Page {
    return page('contact-groups/form', newGroupView(words));
  }

  @Post()
  async create(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(ContactGroupForm) submission: Submission<ContactGroupForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return page('contact-groups/form', newGroupView(words, submission), 422);
    const { form, once } = submission;
    try {
      const id = await this.acts.create(reader, { ...(isId(once) ? { id: once } : {}), name: form.name });
      return redirect(listPath({ group: id }), said('created', { name: form.name }));
    } catch (error) {
      if (error instanceof TooManyGroups) {
        const problem = { field: 'name', key: error.key, values: error.values };
        return page('contact-groups/form', newGroupView(words, submission.with(problem)), 422);
      }
      const { problem, taken } = nameTaken(error);
      return page('contact-groups/form', newGroupView(words, submission.with(problem), taken), 409);
    }
  }

  @Get(':id/edit')
  async edit(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return page('contact-groups/form', editGroupView(words, await this.groups.find(reader.id, id)));
  }

  @Post(':id')
  async rename(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(ContactGroupForm) submission: Submission<ContactGroupForm>,
  ): Promise<Page | Redirect> {
    const group = await this.groups.find(reader.id, id);
    if (submission.refused) return page('contact-groups/form', editGroupView(words, group, submission), 422);
    const { name } = submission.form;
    const revision = submission.form.revision === '' ? group.revision : Number(submission.form.revision);
    const back = listPath({ group: group.id });
    try {
      const batchId = await this.acts.rename(reader, group.id, { name, revision });
      const undo = batchId === null ? {} : { undo: undoPath(batchId, back) };
      return redirect(back, { ...said('renamed', { name }), ...undo });
    } catch (error) {
      if (error instanceof Conflict && error.key === 'contact-groups.problem.changed-meanwhile') {
        const present = await this.groups.find(reader.id, id);
        const problem = {
          ...{ field: 'name', key: 'contact-groups.problem.renamed-meanwhile' },
          values: { name: present.name, wanted: name },
        };
        return page('contact-groups/form', editGroupView(words, present, submission.with(problem)), 409);
      }
      const { problem, taken } = nameTaken(error);
      return page('contact-groups/form', editGroupView(words, group, submission.with(problem), taken), 409);
    }
  }

  @Post(':id/deletion')
  async remove(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Submitted(DeletionForm) { form }: Submission<DeletionForm>,
  ): Promise<Redirect> {
    const { group, batchId } = await this.acts.remove(reader, id);
    const [to, back] = form.from === GROUPS ? [GROUPS, GROUPS] : [CONTACTS, listPath({ group: group.id })];
    return redirect(to, { ...said('deleted', { name: group.name }), undo: undoPath(batchId, back) });
  }

  @Get(':id/merge')
  async target(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return this.mergePage(reader, words, id);
  }

  @Post(':id/merge')
  async merge(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(MergeForm) submission: Submission<MergeForm>,
  ): Promise<Page | Redirect> {
    const { into: chosen, intoName } = submission.form;
    const target = chosen || (await this.targetNamed(reader, id, intoName));
    if (target === undefined) {
      const problem =
        intoName === ''
          ? ['into', 'intoName'].map((field) => ({ field, key: 'contact-groups.problem.no-target' }))
          : [{ field: 'intoName', key: 'contact-groups.problem.unknown', values: { name: intoName } }];
      return this.mergePage(reader, words, id, submission.with(...problem));
    }
    const { group, into, contacts, batchId } = await this.acts.merge(reader, id, target);
    const back = listPath({ group: into.id });
    return redirect(back, {
      ...said('merged', { name: group.name, into: into.name, count: contacts }),
      undo: undoPath(batchId, back),
    });
  }

  private async targetNamed(
    { id: ownerId }: SignedIn,
    id: string,
    name: string,
  ): Promise<string | undefined> {
    const others = (await this.groups.list(ownerId)).filter((group) => group.id !== id);
    return groupNamed(others, name)?.id;
  }

  private async mergePage(
    { id: ownerId }: SignedIn,
    words: Words,
    id: string,
    submission?: Submission<MergeForm>,
  ): Promise<Page> {
    const [group, groups] = await Promise.all([this.groups.find(ownerId, id), this.groups.list(ownerId)]);
    return page('contact-groups/merge', mergeView(words, group, groups, submission), submission ? 422 : 200);
  }
}

function said(key: string, values: Record<string, string | number>) {
  return { kind: 'success' as const, key: `contact-groups.${key}`, values };
}

/** What a form says of a name another group has. @throws whatever else went wrong */
function nameTaken(error: unknown) {
  if (!(error instanceof Conflict) || error.key !== 'contact-groups.problem.name-taken') throw error;
  const { key, values } = error;
  const taken = { id: String(values['id'] ?? ''), name: String(values['name'] ?? '') };
  return { problem: { field: 'name', key, values }, taken };
}
