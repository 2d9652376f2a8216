import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ArrayMaxSize, IsIn, Matches } from 'class-validator';
import { type Id } from '../../database/id.js';
import { BadRequest, Forbidden, Refused } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { failureOf, undoPath } from '../contacts/cloud-messages.js';
import { CONFLICTS } from '../contacts/cloud-words.js';
import { ConflictMovedOn, Conflicts, type ConflictSide, type Decided } from '../sync/conflicts.service.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { CARDS, ConflictList } from './conflict-list.query.js';
import { conflictsView } from './conflicts.view.js';

/** One click: which side, of one field or of all. */
class ChoiceForm {
  @Matches(/^((here|there)(:[A-Za-z]{1,20})?|keep|delete)$/)
  choice = '';

  /** Of the conflict, as the page showed it. */
  @Matches(/^\d{1,9}$/)
  revision = '';
}

/** One click for all cards of a page. */
class ChoicesForm {
  @IsIn(['here', 'there'])
  choice = '';

  /** Each an id and the revision the page showed, with a colon between. */
  @ArrayMaxSize(CARDS)
  @Matches(/^[0-9a-f-]{36}:\d{1,9}$/, { each: true })
  conflicts: string[] = [];
}

/** Contacts that were changed on both sides: both versions, and one click to choose. */
@Member()
@NeedsFeature('integrations')
@Controller(CONFLICTS.slice(1))
export class ConflictsController {
  constructor(
    private readonly list: ConflictList,
    private readonly conflicts: Conflicts,
    private readonly worker: SyncWorker,
    private readonly journal: Journal,
  ) {}

  @Get()
  async show(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const [found, count] = await Promise.all([this.list.page(id, placeOf(query)), this.list.count(id)]);
    const folders = await this.list.folderNames(id, found.rows);
    return page('cloud-conflicts/list', conflictsView(words, found, { count, folders }));
  }

  @Post(':id/choice')
  async choose(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(ChoiceForm) { form, refused }: Submission<ChoiceForm>,
  ): Promise<Redirect> {
    const fields = await this.list.fields(reader.id, id);
    if (refused) throw new BadRequest('common.error.bad-request');
    try {
      const decided = await this.decide(reader, id, form, fields);
      this.worker.wake();
      const message = decidedMessage(words, form.choice, decided);
      return redirect(decided.left > 0 ? `${CONFLICTS}#conflict-${id}` : CONFLICTS, message);
    } catch (error) {
      if (error instanceof ConflictMovedOn)
        return redirect(CONFLICTS, { kind: 'notice', key: 'cloud-conflicts.moved-on' });
      return redirect(CONFLICTS, failureOf(error));
    }
  }

  /** All that a page showed, as one act. One that was decided or has changed meanwhile is left. */
  @Post('choices')
  async chooseAll(
    @CurrentUser() reader: SignedIn,
    @Submitted(ChoicesForm) { form, refused }: Submission<ChoicesForm>,
  ): Promise<Redirect> {
    if (refused || form.conflicts.length === 0) throw new BadRequest('common.error.bad-request');
    let batchId: Id | null = null;
    let [count, left] = [0, 0];
    for (const each of form.conflicts) {
      const [id, revision] = each.split(':');
      const fields = await this.list.fields(reader.id, id);
      const choose = () => this.decide(reader, id, { choice: form.choice, revision }, fields);
      try {
        const decided: Decided = await (batchId === null ? choose() : this.journal.inBatch(batchId, choose));
        batchId ??= decided.batchId;
        count++;
      } catch (error) {
        const told = error instanceof Forbidden || error instanceof Refused;
        if (!told && !(error instanceof ConflictMovedOn)) throw error;
        left++;
      }
    }
    this.worker.wake();
    const values = { count, left };
    if (batchId === null)
      return redirect(CONFLICTS, { kind: 'failure', key: 'cloud-conflicts.none-decided' });
    const undo = undoPath(batchId, CONFLICTS);
    return redirect(CONFLICTS, {
      ...{ kind: 'success', key: `cloud-conflicts.all-decided.${form.choice}`, values, undo },
    });
  }

  private decide(
    reader: SignedIn,
    id: string,
    { choice, revision }: ChoiceForm,
    fields: readonly string[],
  ): Promise<Decided> {
    const shown = Number(revision);
    if (choice === 'keep' || choice === 'delete')
      return this.conflicts.keepOrDelete(reader, id, choice, shown);
    const [side, field] = choice.split(':');
    const chosen = field === undefined ? fields : [field];
    const choices = Object.fromEntries(chosen.map((each) => [each, side as ConflictSide]));
    return this.conflicts.choose(reader, id, choices, shown);
  }
}

function decidedMessage(words: Words, choice: string, { batchId, name, left }: Decided): Message {
  const [what] = choice.split(':');
  return {
    ...{ kind: 'success', key: `cloud-conflicts.decided.${what}` },
    values: { name: name || words.t('cloud-contact.no-name'), left },
    undo: undoPath(batchId, CONFLICTS),
  };
}
