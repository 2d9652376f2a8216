import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { type Id } from '../../database/id.js';
import { limits } from '../../config/limits.js';
import { Forbidden, NotFound, Refused } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf, textOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { undoPath } from '../contacts/cloud-messages.js';
import { CloudPlaces } from '../contacts/cloud-places.query.js';
import { CloudContactQuery } from '../contacts/contact/cloud-contact.query.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { CloudUndo } from '../undo/cloud-undo.service.js';
import { type UndoPlan } from '../undo/undo-plan.js';
import { foldersOf, runUndoneMessage, runUndoView } from './run-undo.view.js';
import { mayUndo, runView } from './run.view.js';
import { runPath, RUNS, runsView } from './runs.view.js';
import { runKinds, SyncRuns, type ListedRun, type RunChange } from './runs.query.js';

/** What was done with one's mailboxes and when, and how to take back what a run changed here. */
@Member()
@NeedsFeature('integrations')
@Controller(RUNS.slice(1))
export class RunsController {
  constructor(
    private readonly runs: SyncRuns,
    private readonly contacts: CloudContactQuery,
    private readonly places: CloudPlaces,
    private readonly undoing: CloudUndo,
    private readonly worker: SyncWorker,
  ) {}

  @Get()
  async list(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const mailboxes = await this.runs.mailboxes(id);
    const asked = textOf(query['connection']);
    const connection = mailboxes.some((mailbox) => mailbox.id === asked) ? asked : '';
    const state = { connection, only: runKinds.find((kind) => kind === query['only']) ?? ('' as const) };
    const found = await this.runs.page(id, state, placeOf(query));
    return page('sync-runs/list', runsView(words, state, found, mailboxes));
  }

  @Get(':id')
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const run = await this.runs.find(reader.id, id);
    const [changes, conflicts] = await Promise.all([
      this.runs.changes(reader.id, run.batchId, placeOf(query)),
      this.runs.openConflicts(reader.id, run.id),
    ]);
    const folders = await this.contacts.folderNames(reader.id, foldersIn(changes.rows), words);
    return page('sync-runs/run', runView(words, run, { changes, folders, conflicts }));
  }

  /** Asks first, and says field by field what would be done. */
  @Get(':id/undo')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query('page') asked: unknown,
  ): Promise<Page | Redirect> {
    const run = await this.runs.find(reader.id, id);
    if (!mayUndo(run)) return redirect(runPath(id), notUndone(run));
    try {
      const plan = await this.undoing.preview(reader, run.id);
      if (plan === null) return redirect(runPath(id), notUndone(run));
      return await this.question(reader, words, run, plan, Number(textOf(asked)) || 1);
    } catch (error) {
      return redirect(runPath(id), refusalOf(error));
    }
  }

  @Post(':id/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const run = await this.runs.find(reader.id, id);
    try {
      const undone = await this.undoing.undoRun(reader, run.id);
      if (!undone) return redirect(runPath(id), notUndone(run));
      this.worker.wake();
      const undo = undone.batchId === null ? undefined : undoPath(undone.batchId, runPath(id));
      return redirect(runPath(id), runUndoneMessage(words, undone, undo));
    } catch (error) {
      return redirect(runPath(id), refusalOf(error));
    }
  }

  private async question(
    reader: SignedIn,
    words: Words,
    run: ListedRun,
    plan: UndoPlan,
    number: number,
  ): Promise<Page> {
    const [folders, mailboxes] = await Promise.all([
      this.contacts.folderNames(reader.id, foldersOf(plan), words),
      this.places.mailboxes(reader.id),
    ]);
    const writable = mailboxes.some((mailbox) => mailbox.id === run.connectionId && mailbox.writable);
    return page('sync-runs/undo', runUndoView(words, run, { plan, folders, page: number, writable }));
  }
}

/** Folders that changes name. */
function foldersIn(changes: readonly RunChange[]): Id[] {
  return changes.flatMap(({ changes: fields }) =>
    (fields?.['folderIds'] ?? []).flat().filter((id): id is Id => typeof id === 'string'),
  );
}

/** Why there is nothing to take back; without a reason of its own, somebody was first. */
function notUndone({ batchId, undoneAt, kind, outcome, startedAt }: ListedRun): Message {
  const over = startedAt.getTime() < Date.now() - limits.restoreDays * 86_400_000;
  const why =
    kind === 'first'
      ? 'first'
      : outcome === 'running'
        ? 'running'
        : batchId === null
          ? 'nothing'
          : undoneAt === null && over
            ? 'over'
            : 'already';
  return { kind: 'notice', key: `sync-runs.undo.not.${why}`, values: { days: limits.restoreDays } };
}

/** @throws whatever is no refusal */
function refusalOf(error: unknown): Message {
  if (error instanceof NotFound || !(error instanceof Refused || error instanceof Forbidden)) throw error;
  return { kind: 'failure', key: error.key, values: error.values };
}
