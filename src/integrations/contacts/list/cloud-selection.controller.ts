import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../../auth/local-path.js';
import { type Id } from '../../../database/id.js';
import { BadRequest, NotFound } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { ALL, idsIn, SelectionForm, StarForm } from '../../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { CloudContacts, type CloudOutcome } from '../cloud-contacts.service.js';
import { failureOf, undoPath } from '../cloud-messages.js';
import { CloudPlaces, type Mailbox } from '../cloud-places.query.js';
import { CloudList } from './cloud-list.query.js';
import { CLOUD, listPath, stateOfPath } from './cloud-list.state.js';
import { moveView } from './cloud-selection.view.js';
import {
  MoveForm,
  placeActs,
  placePaths,
  selectionActs,
  type PlaceAct,
  type SelectionAct,
} from './selection.form.js';

/** What is done with ticked contacts, with all that a list shows, and with the star of one. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts')
export class CloudSelectionController {
  constructor(
    private readonly acts: CloudContacts,
    private readonly contacts: CloudList,
    private readonly places: CloudPlaces,
  ) {}

  @Post('selection')
  async choose(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const act = selectionActs.find((known) => known === form.act);
    if (!act) throw new BadRequest('common.error.bad-request');
    const list = listOf(form);
    if (isEmpty(form)) return redirect(list, notice('nobody-ticked'));
    const asking = placeActs.find((known) => known === act);
    if (asking) return redirect(selectionPath(asking, form, list));
    if (act === 'export') return redirect(exportPath(form, list));
    const back = backOf(form, list);
    const ids = await this.idsOf(reader, form, await this.places.mailboxes(reader.id));
    return redirect(
      back,
      await this.told(act, back, () =>
        act === 'delete' ? this.acts.remove(reader, ids) : this.acts.star(reader, ids, act === 'star'),
      ),
    );
  }

  /** Asks for the folder the chosen contacts come into. */
  @Get('selection/folder')
  askFolder(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    return this.ask(reader, words, 'move', query);
  }

  /** Asks for the label the chosen contacts are given. */
  @Get('selection/label')
  askLabel(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    return this.ask(reader, words, 'label', query);
  }

  /** Asks for the label that is taken from the chosen contacts. */
  @Get('selection/label-removal')
  askLabelRemoval(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    return this.ask(reader, words, 'unlabel', query);
  }

  /** @throws NotFound for folders of others */
  @Post('selection/folder')
  move(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(MoveForm) submission: Submission<MoveForm>,
  ): Promise<Page | Redirect> {
    return this.place(reader, words, 'move', submission);
  }

  /** @throws NotFound for labels of others */
  @Post('selection/label')
  label(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(MoveForm) submission: Submission<MoveForm>,
  ): Promise<Page | Redirect> {
    return this.place(reader, words, 'label', submission);
  }

  /** @throws NotFound for labels of others */
  @Post('selection/label-removal')
  unlabel(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(MoveForm) submission: Submission<MoveForm>,
  ): Promise<Page | Redirect> {
    return this.place(reader, words, 'unlabel', submission);
  }

  /** @throws NotFound for another person's contact */
  @Post(':id/star')
  async star(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Submitted(StarForm) { form }: Submission<StarForm>,
  ): Promise<Redirect> {
    const outcome = await this.acts.star(reader, [id], form.starred);
    if (outcome.done + outcome.same === 0) throw new NotFound('cloud-contact.not-found');
    // The browser comes back to the row, where the button was.
    const from = localPath(form.from)?.split('#')[0] ?? CLOUD;
    return redirect(`${from}#star-${id}`, messageOf(form.starred ? 'star' : 'unstar', outcome, from));
  }

  private async ask(
    reader: SignedIn,
    words: Words,
    act: PlaceAct,
    query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const form = Object.assign(new MoveForm(), {
      // From the menu of one row the id comes as it is.
      ids: idsIn(typeof query['ids'] === 'string' ? query['ids'] : ''),
      all: query['all'] === ALL ? ALL : '',
      list: typeof query['list'] === 'string' ? query['list'] : '',
    });
    const list = listOf(form);
    if (isEmpty(form)) return redirect(list, notice('nobody-ticked'));
    // Within a label it is this one that is taken off, as a rule.
    if (act === 'unlabel') form.folderId = stateOfPath(list).folder;
    return this.askPage(reader, words, act, form);
  }

  private async place(
    reader: SignedIn,
    words: Words,
    act: PlaceAct,
    submission: Submission<MoveForm>,
  ): Promise<Page | Redirect> {
    const { form } = submission;
    const list = listOf(form);
    if (isEmpty(form)) return redirect(list, notice('nobody-ticked'));
    if (form.folderId === '')
      return this.askPage(
        ...([reader, words, act, form] as const),
        submission.with({ field: 'folderId', key: `cloud-contacts.${act}.none` }),
      );
    const back = backOf(form, list);
    const ids = await this.idsOf(reader, form, await this.places.mailboxes(reader.id));
    return redirect(
      back,
      await this.told(act, back, () =>
        act === 'move'
          ? this.acts.move(reader, ids, form.folderId)
          : this.acts.label(reader, ids, form.folderId, act === 'label'),
      ),
    );
  }

  private async told(act: SelectionAct, to: string, doing: () => Promise<CloudOutcome>): Promise<Message> {
    try {
      return messageOf(act, await doing(), to);
    } catch (error) {
      return failureOf(error);
    }
  }

  private async idsOf(reader: SignedIn, form: SelectionForm, mailboxes: readonly Mailbox[]): Promise<Id[]> {
    if (form.all !== ALL) return idsIn(form.ids.join(','));
    const shown = mailboxes.map(({ id }) => id);
    return this.contacts.matching(reader.id, shown, stateOfPath(listOf(form)));
  }

  private async askPage(
    reader: SignedIn,
    words: Words,
    act: PlaceAct,
    form: MoveForm,
    submission?: Submission<MoveForm>,
  ): Promise<Page | Redirect> {
    const list = listOf(form);
    const mailboxes = await this.places.mailboxes(reader.id, words);
    const { length: count } = await this.idsOf(reader, form, mailboxes);
    const view = moveView(words, { act, form, mailboxes, count, list }, submission);
    return page('cloud-contacts/move', view, submission ? 422 : 200);
  }
}

/**
 * The list the bar was on; the whole one for what is no list of ours.
 * @throws BadRequest for that when all of it are meant: whoever chose some must not be taken to have chosen everybody
 */
function listOf({ list, all }: SelectionForm): string {
  if (list === CLOUD || list.startsWith(`${CLOUD}?`)) return listPath(stateOfPath(list));
  if (all === ALL) throw new BadRequest('common.error.bad-request');
  return CLOUD;
}

/** The same page for ticked rows; the beginning when all were chosen, of whom there may be nobody left. */
function backOf({ all }: SelectionForm, list: string): string {
  const state = stateOfPath(list);
  return listPath(all === ALL ? { ...state, all: false, place: {} } : { ...state, all: false });
}

function isEmpty({ all, ids }: SelectionForm): boolean {
  return all !== ALL && idsIn(ids.join(',')).length === 0;
}

function selectionPath(act: PlaceAct, { all, ids }: SelectionForm, list: string): string {
  const query = new URLSearchParams(all === ALL ? { all } : { ids: idsIn(ids.join(',')).join(',') });
  query.set('list', list);
  return `${CLOUD}/selection/${placePaths[act]}?${query.toString()}`;
}

/** A file every spreadsheet opens, of the ticked or all that match. */
function exportPath({ all, ids }: SelectionForm, list: string): string {
  const chosen =
    all === ALL ? { ...stateOfPath(list), all: false, place: {} } : { ids: idsIn(ids.join(',')).join(',') };
  const path = listPath(chosen, `${CLOUD}/export.csv`);
  return `${path}${path.includes('?') ? '&' : '?'}form=excel`;
}

/** What was done and what was not; undone from the message. @param to where one is then, and again once it is undone */
function messageOf(
  act: SelectionAct,
  { done, same, elsewhere, gone, batchId }: CloudOutcome,
  to: string,
): Message {
  const values = { done, same, elsewhere, gone };
  if (batchId === null) return { ...notice(gone > 0 && same === 0 ? 'all-gone' : `nothing.${act}`), values };
  return {
    ...{ kind: 'success', key: `cloud-contacts.done.${act}`, values },
    undo: undoPath(batchId, to),
  };
}

function notice(key: string): Message {
  return { kind: 'notice', key: `cloud-contacts.${key}` };
}
