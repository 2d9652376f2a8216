import { Controller, Get, Query } from '@nestjs/common';
import { type Id } from '../../database/new-id.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { CALLS_WAITING } from '../waiting-calls.js';
import { Recordings } from '../recordings/recordings.service.js';
import { Callers } from '../who/callers.service.js';
import { CallList, type ListedCall } from './call-list.query.js';
import { readCallState } from './call-list.state.js';
import { callListView } from './call-list.view.js';
import { CallSearches } from './call-search.js';

/** Whom one called and who called, newest first. */
@Member()
@NeedsFeature('phone')
@Controller('calls')
export class CallListController {
  constructor(
    private readonly calls: CallList,
    private readonly searches: CallSearches,
    private readonly callers: Callers,
    private readonly recordings: Recordings,
  ) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = readCallState(query);
    const { tab } = state;
    const [{ condition, tooMany }, whom] = await Promise.all([
      this.searches.of(reader, state),
      state.with === '' ? null : this.callers.whom(reader, state.with),
    ]);
    const [found, matching] = await Promise.all([
      this.calls.page(reader.id, tab, condition, state.place),
      state.all ? this.calls.count(reader.id, tab, condition) : null,
    ]);
    const [callers, recordings, any] = await Promise.all([
      this.callers.of(reader, found.rows),
      this.recordings.ofCalls(reader.id, heardOf(found.rows)),
      found.rows.length > 0 || this.calls.hasAny(reader.id),
    ]);
    const waiting = reader.counts[CALLS_WAITING] ?? 0;
    const read = {
      page: found,
      callers,
      recordings,
      whom,
      waiting,
      matching: matching || null,
      any,
      tooMany,
    };
    return page('calls/list', callListView(words, reader, state, read));
  }
}

/** Calls that may have a recording. */
function heardOf(calls: readonly ListedCall[]): Id[] {
  return calls.flatMap(({ id, recording }) => (recording === null ? [] : id));
}
