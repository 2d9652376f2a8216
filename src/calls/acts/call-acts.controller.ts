import { Controller, Param, Post, Query } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { localPath } from '../../auth/local-path.js';
import { BadRequest } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { redirect, type Message, type Redirect } from '../../web/answers.js';
import { ALL, idsIn, SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { CallList } from '../list/call-list.query.js';
import { CALLS, callsPath, callStateOf } from '../list/call-list.state.js';
import { CallSearches } from '../list/call-search.js';
import { CallActs, type CallOutcomeOfAct, type UndoneCalls } from './call-acts.service.js';

const acts = ['delete', 'see'] as const;

/** What is done with ticked calls, with all that a list shows, and taking it back. */
@Member()
@NeedsFeature('phone')
@Controller('calls')
export class CallActsController {
  constructor(
    private readonly acts: CallActs,
    private readonly calls: CallList,
    private readonly searches: CallSearches,
  ) {}

  @Post('selection')
  async choose(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const act = acts.find((known) => known === form.act);
    if (!act) throw new BadRequest('common.error.bad-request');
    const list = listOf(form);
    const isAll = form.all === ALL;
    const ids = idsIn(form.ids.join(','));
    if (!isAll && ids.length === 0) return redirect(list, { kind: 'notice', key: 'calls.none-ticked' });
    const choose = isAll ? await this.matching(reader, list) : () => Promise.resolve(ids);
    const outcome = await (act === 'delete'
      ? this.acts.remove(reader, choose)
      : this.acts.see(reader, choose));
    const back = isAll ? callsPath({ ...callStateOf(list), all: false, place: {} }) : list;
    return redirect(back, messageOf(act, outcome, back));
  }

  /** All missed calls. */
  @Post('seen')
  async seeAll(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const list = listOf(form);
    const outcome = await this.acts.see(reader, (manager) => this.acts.waiting(manager, reader));
    return redirect(list, messageOf('see', outcome, list));
  }

  /** @param to the page of calls to go to afterwards */
  @Post('acts/:batchId/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @Param('batchId') batchId: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const path = ownPath(to);
    const undone = await this.acts.undo(reader, batchId);
    return redirect(
      path,
      undone ? undoneMessage(undone, path) : { kind: 'notice', key: 'calls.undone-before' },
    );
  }

  /** Found again in the transaction: what came or went meanwhile is or is not among them. */
  private async matching(
    reader: SignedIn,
    list: string,
  ): Promise<(manager: EntityManager) => Promise<string[]>> {
    const state = callStateOf(list);
    const { condition } = await this.searches.of(reader, state);
    return (manager) => this.calls.matching(manager, reader.id, state.tab, condition);
  }
}

/** Path a POST undoes an act by. @param to a page of calls to go to afterwards */
function undoCallsPath(batchId: string, to: string): string {
  return `${CALLS}/acts/${batchId}/undo${to === CALLS ? '' : `?to=${encodeURIComponent(to)}`}`;
}

export function messageOf(
  act: 'delete' | 'see' | 'restore',
  { done, batchId }: CallOutcomeOfAct,
  back: string,
): Message {
  if (batchId === null) return { kind: 'notice', key: `calls.nothing.${act}` };
  return {
    ...{ kind: 'success', key: `calls.done.${act}`, values: { count: done } },
    undo: undoCallsPath(batchId, back),
  };
}

function undoneMessage({ restored, removed, marked, batchId }: UndoneCalls, path: string): Message {
  const count = restored + removed + marked;
  if (count === 0) return { kind: 'notice', key: 'calls.undone-nothing' };
  const act = restored > 0 ? 'restored' : removed > 0 ? 'removed' : 'marked';
  return {
    ...{ kind: 'success', key: `calls.undone.${act}`, values: { count } },
    undo: undoCallsPath(batchId, path),
  };
}

/** The list the bar was on. @throws BadRequest where all of a list are meant and it is none of ours */
function listOf({ list, all }: SelectionForm): string {
  if (list === CALLS || list.startsWith(`${CALLS}?`)) return callsPath({ ...callStateOf(list), all: false });
  if (all === ALL) throw new BadRequest('common.error.bad-request');
  return CALLS;
}

function ownPath(to: unknown): string {
  const path = localPath(to);
  return path !== null && /^\/calls(?![^/?])/.test(path) && !path.includes('/.') ? path : CALLS;
}
