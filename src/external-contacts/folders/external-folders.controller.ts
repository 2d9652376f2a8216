import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { isId } from '../../database/id.js';
import { Conflict } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { listPath } from '../list/external-list.state.js';
import { KeptContacts } from '../list/kept-contacts.query.js';
import { ExternalFolderForm, FolderDeletionForm } from './external-folder.form.js';
import { ExternalFolders } from './external-folders.service.js';
import { editFolderView, FOLDERS, foldersView, newFolderView } from './external-folders.view.js';
import { TooManyFolders } from './folder-writes.js';

/** One's own folders of external contacts. A folder itself is shown by the list, narrowed to it. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/folders')
export class ExternalFoldersController {
  constructor(
    private readonly kept: KeptContacts,
    private readonly folders: ExternalFolders,
  ) {}

  @Get()
  async list(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query('page') asked: unknown,
  ): Promise<Page> {
    const [kept, deleted] = await Promise.all([this.kept.all(id), this.folders.deleted(id)]);
    const number = typeof asked === 'string' && /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) - 1 : 0;
    return page('external-folders/list', foldersView(words, kept, deleted, number));
  }

  @Get('new')
  form(@CurrentWords() words: Words): Page {
    return page('external-folders/form', newFolderView(words));
  }

  @Post()
  async create(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(ExternalFolderForm) submission: Submission<ExternalFolderForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return page('external-folders/form', newFolderView(words, submission), 422);
    const { form, once } = submission;
    try {
      const id = await this.folders.create(reader, { ...(isId(once) ? { id: once } : {}), name: form.name });
      return redirect(listPath({ folder: id }), said('created', form.name));
    } catch (error) {
      if (error instanceof TooManyFolders) {
        const problem = { field: 'name', key: error.key, values: error.values };
        return page('external-folders/form', newFolderView(words, submission.with(problem)), 422);
      }
      const { problem, taken } = nameTaken(error);
      return page('external-folders/form', newFolderView(words, submission.with(problem), taken), 409);
    }
  }

  @Get(':id/edit')
  async edit(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return page('external-folders/form', editFolderView(words, await this.folders.find(reader.id, id)));
  }

  @Post(':id')
  async rename(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(ExternalFolderForm) submission: Submission<ExternalFolderForm>,
  ): Promise<Page | Redirect> {
    const folder = await this.folders.find(reader.id, id);
    if (submission.refused)
      return page('external-folders/form', editFolderView(words, folder, submission), 422);
    const { name } = submission.form;
    const revision = submission.form.revision === '' ? folder.revision : Number(submission.form.revision);
    const back = listPath({ folder: folder.id });
    try {
      const batchId = await this.folders.rename(reader, folder.id, { name, revision });
      const undo = batchId === null ? {} : { undo: undoPath(batchId, back) };
      return redirect(back, { ...said('renamed', name), ...undo });
    } catch (error) {
      if (error instanceof Conflict && error.key === 'external-folders.problem.changed-meanwhile') {
        const present = await this.folders.find(reader.id, id);
        const problem = {
          ...{ field: 'name', key: 'external-folders.problem.renamed-meanwhile' },
          values: { name: present.name, wanted: name },
        };
        return page('external-folders/form', editFolderView(words, present, submission.with(problem)), 409);
      }
      const { problem, taken } = nameTaken(error);
      return page(
        'external-folders/form',
        editFolderView(words, folder, submission.with(problem), taken),
        409,
      );
    }
  }

  @Post(':id/deletion')
  async remove(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Submitted(FolderDeletionForm) { form }: Submission<FolderDeletionForm>,
  ): Promise<Redirect> {
    const { folder, batchId } = await this.folders.remove(reader, id);
    const [to, back] =
      form.from === FOLDERS ? [FOLDERS, FOLDERS] : [EXTERNAL, listPath({ folder: folder.id })];
    return redirect(to, { ...said('deleted', folder.name), undo: undoPath(batchId, back) });
  }
}

function said(key: string, name: string) {
  return { kind: 'success' as const, key: `external-folders.${key}`, values: { name } };
}

/** What a form says of a name another folder has. @throws whatever else went wrong */
function nameTaken(error: unknown) {
  if (!(error instanceof Conflict) || error.key !== 'external-folders.problem.name-taken') throw error;
  const { key, values } = error;
  const taken = { id: String(values['id'] ?? ''), name: String(values['name'] ?? '') };
  return { problem: { field: 'name', key, values }, taken };
}
