import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { isId } from '../../database/id.js';
import { BadRequest, NotFound } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { ALL, idsIn, SelectionForm, StarForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { ExternalCards } from '../card/external-card.query.js';
import { undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { TooManyFolders } from '../folders/folder-writes.js';
import { ExternalActs, type ActOutcome, type Chosen } from './external-acts.service.js';
import { matching } from './external-list.js';
import { listPath, stateOfPath } from './external-list.state.js';
import { KeptContacts } from './kept-contacts.query.js';
import { RefolderForm, selectionActs, type SelectionAct } from './refolder.form.js';
import { refolderView } from './refolder.view.js';

const ASK = `${EXTERNAL}/selection/folders`;

/** What is done with ticked contacts, with all that a list shows, and with the star of one. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts')
export class ExternalSelectionController {
  constructor(
    private readonly acts: ExternalActs,
    private readonly cards: ExternalCards,
    private readonly kept: KeptContacts,
  ) {}

  @Post('selection')
  async choose(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const act = selectionActs.find((known) => known === form.act);
    if (!act) throw new BadRequest('common.error.bad-request');
    const list = listOf(form);
    const chosen = chosenIn(form);
    if ('ids' in chosen && chosen.ids.length === 0) return redirect(list, notice('nobody-ticked'));
    if (act === 'folders') return redirect(askPath(form, list));
    if (act === 'csv' || act === 'vcf') return redirect(exportPath(act, form, list));
    const back = backOf(form, list);
    return redirect(back, messageOf(act, await this.do(reader, act, chosen, list), back));
  }

  /** Asks for the folders of the chosen contacts. */
  @Get('selection/folders')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const form = Object.assign(new RefolderForm(), {
      ids: idsIn(typeof query['ids'] === 'string' ? query['ids'] : ''),
      all: query['all'] === ALL ? ALL : '',
      list: typeof query['list'] === 'string' ? query['list'] : '',
    });
    const chosen = chosenIn(form);
    if ('ids' in chosen && chosen.ids.length === 0) return redirect(listOf(form), notice('nobody-ticked'));
    return this.askPage(reader, words, form);
  }

  @Post('selection/folders')
  async refolder(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(RefolderForm) submission: Submission<RefolderForm>,
  ): Promise<Page | Redirect> {
    const { form } = submission;
    const list = listOf(form);
    const checked =
      form.folderIds.length === 0 && form.newFolder === ''
        ? submission.with({ field: 'folderIds', key: 'external-list.refolder.none' })
        : submission;
    if (checked.refused) return this.askPage(reader, words, form, checked);
    if (!form.folderIds.every(isId)) throw new NotFound('external-folders.not-found');
    // Within a folder one moves out of it; elsewhere, out of all others.
    const { folder } = stateOfPath(list);
    const leave = form.how === 'add' ? [] : isId(folder) ? [folder] : 'others';
    const wanted = { add: form.folderIds, newFolder: form.newFolder || null, leave } as const;
    try {
      const outcome = await this.acts.refolder(reader, chosenIn(form), wanted);
      const back = backOf(form, list);
      return redirect(back, messageOf('folders', outcome, back));
    } catch (error) {
      if (!(error instanceof TooManyFolders)) throw error;
      const { key, values } = error;
      return this.askPage(reader, words, form, submission.with({ field: 'newFolder', key, values }));
    }
  }

  /** @throws NotFound for another person's contact */
  @Post(':id/star')
  async star(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Submitted(StarForm) { form }: Submission<StarForm>,
  ): Promise<Redirect> {
    const outcome = await this.acts.star(reader, { ids: [id] }, form.starred);
    // Its page says who ended it meanwhile.
    if (outcome.done + outcome.same === 0)
      return redirect(`${EXTERNAL}/${(await this.cards.find(reader.id, id)).contact.id}`);
    // The browser comes back to the row, where the button was.
    const from = localPath(form.from)?.split('#')[0] ?? EXTERNAL;
    return redirect(`${from}#star-${id}`, messageOf(form.starred ? 'star' : 'unstar', outcome, from));
  }

  private do(
    reader: SignedIn,
    act: Exclude<SelectionAct, 'folders' | 'csv' | 'vcf'>,
    chosen: Chosen,
    list: string,
  ): Promise<ActOutcome> {
    if (act === 'remove') return this.acts.remove(reader, chosen);
    if (act !== 'leave') return this.acts.star(reader, chosen, act === 'star');
    const { folder } = stateOfPath(list);
    if (!isId(folder)) throw new BadRequest('common.error.bad-request');
    return this.acts.refolder(reader, chosen, { add: [], leave: [folder] });
  }

  private async askPage(
    reader: SignedIn,
    words: Words,
    form: RefolderForm,
    submission?: Submission<RefolderForm>,
  ): Promise<Page> {
    const list = listOf(form);
    const state = stateOfPath(list);
    const kept = await this.kept.all(reader.id);
    const count = form.all === ALL ? matching(kept, state).length : idsIn(form.ids.join(',')).length;
    const from = kept.folders.find(({ id }) => id === state.folder);
    const data = refolderView(words, { form, kept, count, from, list }, submission);
    return page('external-list/refolder', data, submission ? 422 : 200);
  }
}

/**
 * The list the bar was on; the whole one for what is no list of ours.
 * @throws BadRequest for that when all of it are meant: whoever chose some must not be taken to have chosen everybody
 */
function listOf({ list, all }: SelectionForm): string {
  if (list === EXTERNAL || list.startsWith(`${EXTERNAL}?`)) {
    const state = stateOfPath(list);
    if (all !== ALL || !state.former) return listPath(state);
  }
  if (all === ALL) throw new BadRequest('common.error.bad-request');
  return EXTERNAL;
}

/** The same page for ticked rows; the beginning when all were chosen, of whom there may be nobody left. */
function backOf({ all }: SelectionForm, list: string): string {
  const state = stateOfPath(list);
  return listPath(all === ALL ? { ...state, all: false, place: {} } : { ...state, all: false });
}

function chosenIn(form: SelectionForm): Chosen {
  return form.all === ALL ? { matching: stateOfPath(listOf(form)) } : { ids: idsIn(form.ids.join(',')) };
}

function askPath({ all, ids }: SelectionForm, list: string): string {
  const query = new URLSearchParams(all === ALL ? { all } : { ids: idsIn(ids.join(',')).join(',') });
  query.set('list', list);
  return `${ASK}?${query.toString()}`;
}

/** The file of the ticked, or of all that match. */
function exportPath(ending: 'csv' | 'vcf', { all, ids }: SelectionForm, list: string): string {
  const path = `${EXTERNAL}/export.${ending}`;
  if (all === ALL) return listPath({ ...stateOfPath(list), all: false, place: {} }, path);
  return listPath({ ids: idsIn(ids.join(',')).join(',') }, path);
}

type Told = Exclude<SelectionAct, 'csv' | 'vcf'>;

/** What was done and what was not; undone from the message. @param to where one is then, and again once it is undone */
export function messageOf(act: Told, { done, same, gone, batchId }: ActOutcome, to: string): Message {
  const values = { done, same, gone };
  if (batchId === null) return { ...notice(gone > 0 && same === 0 ? 'all-gone' : `nothing.${act}`), values };
  return {
    ...{ kind: 'success', key: `external-list.done.${act}`, values },
    undo: undoPath(batchId, to === EXTERNAL ? undefined : to),
  };
}

function notice(key: string): Message {
  return { kind: 'notice', key: `external-list.${key}` };
}
