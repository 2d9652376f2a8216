import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { isId, type Id } from '../../database/id.js';
import { BadRequest, NotFound } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { undoPath } from '../undo/undone.view.js';
import { compareView, type Comparison } from './compare.view.js';
import { choicesIn, DuplicateForm, MergeForm, SafeForm, seenIn } from './duplicates.forms.js';
import { MOST_COMPARED } from './duplicates.limits.js';
import { DuplicatesQuery } from './duplicates.query.js';
import { Duplicates } from './duplicates.service.js';
import { comparePath, DUPLICATES, duplicatesPath, duplicatesView, readPlace } from './duplicates.view.js';
import { everythingAside, oldestFirst } from './merge-contacts.js';

/** Contacts that are there twice, to be merged or kept apart. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/duplicates')
export class DuplicatesController {
  constructor(
    private readonly query: DuplicatesQuery,
    private readonly duplicates: Duplicates,
  ) {}

  @Get()
  async list(
    @CurrentUser() { id: ownerId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const place = readPlace(query);
    const [found, distinctions] = await Promise.all([
      this.query.find(ownerId),
      this.query.distinctions(ownerId, place.list === 'apart' ? place.page : 1),
    ]);
    return page('contact-duplicates/list', duplicatesView(words, place, found, distinctions));
  }

  /** All that are safe, if the list is as it was shown. */
  @Post('safe')
  async mergeSafe(
    @CurrentUser() owner: SignedIn,
    @Submitted(SafeForm) { form }: Submission<SafeForm>,
  ): Promise<Redirect> {
    const done = await this.duplicates.mergeSafe(owner, form.digest);
    if (!done) return redirect(DUPLICATES, { kind: 'notice', key: 'contact-duplicates.list-changed' });
    return redirect(DUPLICATES, {
      ...{ kind: 'success', key: 'contact-duplicates.merged-all' },
      values: { merges: done.merges, contacts: done.contacts },
      undo: undoPath(done.batchId, DUPLICATES),
    });
  }

  /** One group of the safe list. */
  @Post('safe/one')
  async mergeOne(
    @CurrentUser() owner: SignedIn,
    @Submitted(DuplicateForm) { form }: Submission<DuplicateForm>,
  ): Promise<Redirect> {
    const seen = seenIn([form.seen]);
    if (seen.length < 2) throw new BadRequest('common.error.bad-request');
    const done = await this.duplicates.merge(owner, seen, everythingAside);
    if (done) return this.merged(done, DUPLICATES);
    const ids = seen.map(({ id }) => id);
    const living = await this.query.contacts(owner.id, ids);
    if (living.size < 2) return redirect(DUPLICATES, { kind: 'notice', key: 'contact-duplicates.gone' });
    return redirect(comparePath([...living.keys()], 'safe'), {
      ...{ kind: 'notice', key: 'contact-duplicates.changed-meanwhile' },
    });
  }

  /** @param ids contacts to compare, separated by commas */
  @Get('compare')
  async compare(
    @CurrentUser() { id: ownerId }: SignedIn,
    @CurrentWords() words: Words,
    @Query('ids') ids: unknown,
    @Query('list') list: unknown,
  ): Promise<Page | Redirect> {
    const wanted = [...new Set(typeof ids === 'string' ? ids.split(',') : [])].slice(0, MOST_COMPARED);
    if (wanted.length < 2 || !(await this.query.knows(ownerId, wanted))) throw new NotFound();
    const place = readPlace({ list });
    const comparison = await this.comparison(ownerId, wanted, place.list);
    if (!comparison)
      return redirect(duplicatesPath(place), { kind: 'notice', key: 'contact-duplicates.gone' });
    return page('contact-duplicates/compare', compareView(words, comparison));
  }

  @Post('merges')
  async merge(
    @CurrentUser() owner: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(MergeForm) submission: Submission<MergeForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) throw new BadRequest('common.error.bad-request');
    const { form } = submission;
    const place = readPlace({ list: form.list });
    const ticked = seenIn(form.contacts);
    const shown = [...new Set([...seenIn([form.shown]), ...ticked].map(({ id }) => id))].slice(
      0,
      MOST_COMPARED,
    );
    if (ticked.length > MOST_COMPARED || shown.length < 2 || !(await this.query.knows(owner.id, shown)))
      throw new NotFound();
    const again = async (status: number, problem: Comparison['problem']): Promise<Page | Redirect> => {
      const comparison = await this.comparison(owner.id, shown, place.list);
      if (!comparison)
        return redirect(duplicatesPath(place), { kind: 'notice', key: 'contact-duplicates.gone' });
      const returned = { form, ticked: new Set(ticked.map(({ id }) => id)) };
      return page(
        'contact-duplicates/compare',
        compareView(words, { ...comparison, returned, problem }),
        status,
      );
    };
    if (ticked.length < 2) return again(422, 'two');
    const done = await this.duplicates.merge(owner, ticked, choicesIn(form));
    return done ? this.merged(done, duplicatesPath(place)) : again(409, 'changed');
  }

  /** They are different people. */
  @Post('distinctions')
  async keepApart(
    @CurrentUser() owner: SignedIn,
    @Query('list') list: unknown,
    @Submitted(DuplicateForm) { form }: Submission<DuplicateForm>,
  ): Promise<Redirect> {
    const ids = seenIn([form.seen]).map(({ id }) => id);
    if (ids.length < 2 || ids.length > MOST_COMPARED) throw new BadRequest('common.error.bad-request');
    const answerId = await this.duplicates.keepApart(owner, ids);
    return redirect(duplicatesPath(readPlace({ list })), {
      ...{ kind: 'success', key: 'contact-duplicates.kept-apart', values: { count: ids.length } },
      undo: `${DUPLICATES}/distinctions/${answerId}/deletion`,
    });
  }

  /** Asks about them again. */
  @Post('distinctions/:answerId/deletion')
  async askAgain(@CurrentUser() owner: SignedIn, @Param('answerId') answerId: string): Promise<Redirect> {
    if (!isId(answerId)) throw new NotFound();
    await this.duplicates.forget(owner, answerId);
    return redirect(DUPLICATES, 'contact-duplicates.asked-again');
  }

  private merged(done: { batchId: Id; name: string; contacts: number }, back: string): Redirect {
    return redirect(back, {
      ...{ kind: 'success', key: 'contact-duplicates.merged' },
      values: { name: done.name, contacts: done.contacts },
      undo: undoPath(done.batchId, back),
    });
  }

  /** What is there now; null when there are no longer two. */
  private async comparison(
    ownerId: Id,
    ids: readonly Id[],
    list: Comparison['list'],
  ): Promise<Comparison | null> {
    const contacts = oldestFirst([...(await this.query.contacts(ownerId, ids)).values()]);
    if (contacts.length < 2) return null;
    const groupIds = [...new Set(contacts.flatMap((contact) => contact.groupIds))];
    return { contacts, groups: await this.query.groupNames(ownerId, groupIds), list };
  }
}
