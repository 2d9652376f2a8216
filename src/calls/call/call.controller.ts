import { Controller, Get, Param } from '@nestjs/common';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { CallList } from '../list/call-list.query.js';
import { wholeCallList } from '../list/call-list.state.js';
import { CallSearches } from '../list/call-search.js';
import { Recordings } from '../recordings/recordings.service.js';
import { Callers } from '../who/callers.service.js';
import { withOf } from '../who/dialled.js';
import { callView, OTHER_CALLS } from './call.view.js';

/** One call: all that is known of it, and the last ones with the same person. */
@Member()
@NeedsFeature('phone')
@Controller('calls')
export class CallController {
  constructor(
    private readonly calls: CallList,
    private readonly callers: Callers,
    private readonly searches: CallSearches,
    private readonly recordings: Recordings,
  ) {}

  /** @throws NotFound for somebody else’s */
  @Get(':id')
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    const call = await this.calls.find(reader.id, id);
    const whom = withOf(call);
    const [callers, recordings, search] = await Promise.all([
      this.callers.of(reader, [call]),
      this.recordings.ofCalls(reader.id, [call.id]),
      whom === '' ? null : this.searches.of(reader, { ...wholeCallList, with: whom }),
    ]);
    const others = search ? await this.calls.recent(reader.id, 'all', search.condition, OTHER_CALLS + 1) : [];
    return page(
      'calls/call',
      callView(words, reader, call, {
        ...{ caller: callers.get(whom), others, facts: recordings.get(call.id) },
      }),
    );
  }
}
