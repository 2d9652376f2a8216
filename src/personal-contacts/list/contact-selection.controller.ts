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
import { TooManyGroups } from '../group-writes.js';
import { ContactGroups } from '../groups/contact-groups.query.js';
import { undoPath } from '../undo/undone.view.js';
import { BulkActs, type ActOutcome, type Chosen } from './bulk-acts.service.js';
import { ContactList } from './contact-list.query.js';
import { CONTACTS, listPath, NONE, stateOfPath } from './contact-list.state.js';
import { regroupView } from './contact-selection.view.js';
import { RegroupForm, selectionActs, type SelectionAct } from './selection.form.js';

const GROUPS = `${CONTACTS}/selection/groups`;

/** What is done with ticked contacts, with all that a list shows, and with the star of one. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts')
export class ContactSelectionController {
  constructor(
    private readonly acts: BulkActs,
    private readonly contacts: ContactList,
    private readonly groups: ContactGroups,
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
    if (act === 'groups') return redirect(selectionPath(GROUPS, form, list));
    if (act === 'export') return redirect(exportPath(form, list));
    const back = backOf(form, list);
    return redirect(back, messageOf(act, await this.do(reader, act, chosen, list), back));
  }

  /** Asks for the groups of the chosen contacts. */
  @Get('selection/groups')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const form = Object.assign(new RegroupForm(), {
      ids: idsIn(typeof query['ids'] === 'string' ? query['ids'] : ''),
      all: query['all'] === ALL ? ALL : '',
      list: typeof query['list'] === 'string' ? query['list'] : '',
    });
    const chosen = chosenIn(form);
    if ('ids' in chosen && chosen.ids.length === 0) return redirect(listOf(form), notice('nobody-ticked'));
    return this.askPage(reader, words, form);
  }

  @Post('selection/groups')
  async regroup(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(RegroupForm) submission: Submission<RegroupForm>,
  ): Promise<Page | Redirect> {
    const { form } = submission;
    const list = listOf(form);
    const names = form.newGroup === '' ? [] : [form.newGroup];
    const nothing = form.groupIds.length + names.length === 0;
    const checked = nothing
      ? submission.with({ field: 'groupIds', key: 'personal-contacts.regroup.none' })
      : submission;
    if (checked.refused) return this.askPage(reader, words, form, checked);
    if (!form.groupIds.every(isId)) throw new NotFound('contact-groups.not-found');
    // Within a group one moves out of it; elsewhere, out of all others.
    const { group } = stateOfPath(list);
    const leave = form.how === 'add' ? [] : isId(group) ? [group] : 'others';
    try {
      const outcome = await this.acts.regroup(reader, chosenIn(form), { add: form.groupIds, names, leave });
      const back = backOf(form, list);
      return redirect(back, messageOf('groups', outcome, back));
    } catch (error) {
      if (!(error instanceof TooManyGroups)) throw error;
      const { key, values } = error;
      return this.askPage(reader, words, form, submission.with({ field: 'newGroup', key, values }));
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
    if (outcome.done + outcome.same === 0) throw new NotFound('personal-contacts.not-found');
    // The browser comes back to the row, where the button was.
    const from = localPath(form.from)?.split('#')[0] ?? CONTACTS;
    return redirect(`${from}#star-${id}`, messageOf(form.starred ? 'star' : 'unstar', outcome, from));
  }

  private do(
    reader: SignedIn,
    act: Exclude<SelectionAct, 'groups' | 'export'>,
    chosen: Chosen,
    list: string,
  ): Promise<ActOutcome> {
    if (act === 'delete') return this.acts.remove(reader, chosen);
    if (act !== 'leave') return this.acts.star(reader, chosen, act === 'star');
    const { group } = stateOfPath(list);
    if (!isId(group)) throw new BadRequest('common.error.bad-request');
    return this.acts.regroup(reader, chosen, { add: [], leave: [group] });
  }

  private async askPage(
    reader: SignedIn,
    words: Words,
    form: RegroupForm,
    submission?: Submission<RegroupForm>,
  ): Promise<Page> {
    const list = listOf(form);
    const state = stateOfPath(list);
    const [groups, count] = await Promise.all([
      this.groups.list(reader.id),
      form.all === ALL ? this.contacts.count(reader.id, state) : idsIn(form.ids.join(',')).length,
    ]);
    const from = state.group === NONE ? undefined : groups.find(({ id }) => id === state.group);
    const data = regroupView(words, { form, groups, count, from, list }, submission);
    return page('personal-contacts/regroup', data, submission ? 422 : 200);
  }
}

/**
 * The list the bar was on; the whole one for what is no list of ours.
 * @throws BadRequest for that when all of it are meant: whoever chose some must not be taken to have chosen everybody
 */
function listOf({ list, all }: SelectionForm): string {
  if (list === CONTACTS || list.startsWith(`${CONTACTS}?`)) return listPath(stateOfPath(list));
  if (all === ALL) throw new BadRequest('common.error.bad-request');
  return CONTACTS;
}

/** The same page for ticked rows; the beginning when all were chosen, of whom there may be nobody left. */
function backOf({ all }: SelectionForm, list: string): string {
  const state = stateOfPath(list);
  return listPath(all === ALL ? { ...state, all: false, place: {} } : { ...state, all: false });
}

function chosenIn(form: SelectionForm): Chosen {
  return form.all === ALL ? { matching: stateOfPath(listOf(form)) } : { ids: idsIn(form.ids.join(',')) };
}

function selectionPath(path: string, { all, ids }: SelectionForm, list: string): string {
  const query = new URLSearchParams(all === ALL ? { all } : { ids: idsIn(ids.join(',')).join(',') });
  query.set('list', list);
  return `${path}?${query.toString()}`;
}

/** The page that asks for the form of the file, for the ticked or all that match. */
function exportPath({ all, ids }: SelectionForm, list: string): string {
  const path = `${CONTACTS}/export`;
  if (all === ALL) return listPath({ ...stateOfPath(list), all: false, place: {} }, path);
  return listPath({ ids: idsIn(ids.join(',')).join(',') }, path);
}

/** What was done and what was not; undone from the message. @param to where one is then, and again once it is undone */
function messageOf(
  act: Exclude<SelectionAct, 'export'>,
  { done, same, gone, batchId }: ActOutcome,
  to: string,
): Message {
  const values = { done, same, gone };
  if (batchId === null) return { ...notice(gone > 0 && same === 0 ? 'all-gone' : `nothing.${act}`), values };
  return {
    ...{ kind: 'success', key: `personal-contacts.done.${act}`, values },
    undo: undoPath(batchId, to === CONTACTS ? undefined : to),
  };
}

function notice(key: string): Message {
  return { kind: 'notice', key: `personal-contacts.${key}` };
}
