import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { PersonRecords } from '../../accounts/person-records.js';
import { extensionIn, wordsOf } from '../../accounts/record-search.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { Member } from '../../web/access.js';
import { page, redirect, refusal, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { rankedPeople } from '../search/ranking.js';
import { EntryForm, refOf } from './person-card.forms.js';
import { others, personCardView } from './person-card.view.js';
import { PersonActs } from './person-acts.service.js';
import { PersonHistory } from './person-history.query.js';
import { undoneMessage, undoPath } from './person-history.view.js';
import { cardHref } from './person.js';
import { Persons } from './persons.service.js';
import { Proposals } from './proposals.service.js';
import { keyOf } from './same-person.js';

/** Entries of each place that a search for somebody to link looks at, and people it shows. */
const LOOKED_AT = 10;
const SHOWN = 10;
const QUERY_CHARACTERS = 200;

/** Everything one knows of somebody, wherever it is kept. */
@Controller('people')
@Member()
export class PersonCardController {
  constructor(
    private readonly records: PersonRecords,
    private readonly persons: Persons,
    private readonly proposals: Proposals,
    private readonly history: PersonHistory,
    private readonly acts: PersonActs,
  ) {}

  /** @param query `q`: whom to link this person with */
  @Get(':kind/:id')
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Query('q') query: unknown,
  ): Promise<Page> {
    const { person, record, gathered } = await this.find(reader, kind, id);
    const q = typeof query === 'string' ? query.trim().slice(0, QUERY_CHARACTERS) : '';
    const [proposals, history, found] = await Promise.all([
      this.proposals.of(reader, person, gathered),
      this.history.of(reader, person.records),
      q === '' ? [] : this.search(reader, q),
    ]);
    const extras = { record, proposals, history, q, found: others(person, found).slice(0, SHOWN) };
    return page('person-card/card', personCardView(words, reader, person, extras));
  }

  /** These two are one person. */
  @Post(':kind/:id/links')
  async link(
    @CurrentUser() reader: SignedIn,
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Submitted(EntryForm) { form }: Submission<EntryForm>,
  ): Promise<Redirect> {
    const [{ person, record }, other] = await this.both(reader, { kind, id }, form);
    const path = cardHref(record);
    try {
      const batchId = await this.acts.link(reader, person, other.person);
      if (batchId === null) return redirect(path, { kind: 'notice', key: 'person-card.already-linked' });
      const values = { name: person.name, other: other.record.name };
      return redirect(path, {
        ...{ kind: 'success', key: 'person-card.linked', values, undo: undoPath(batchId, path) },
      });
    } catch (error) {
      return redirect(path, refusal(error));
    }
  }

  /** These two are not: an entry goes, or somebody who looked alike is proposed no more. */
  @Post(':kind/:id/distinctions')
  async separate(
    @CurrentUser() reader: SignedIn,
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Submitted(EntryForm) { form }: Submission<EntryForm>,
  ): Promise<Redirect> {
    const [{ person, record }, other] = await this.both(reader, { kind, id }, form);
    const inside = person.records.some((each) => keyOf(each) === keyOf(other.record));
    const rest = person.records.find((each) => keyOf(each) !== keyOf(other.record));
    // Where the entry that goes is the one whose card this is, one stays with the others.
    const path = cardHref(keyOf(record) === keyOf(other.record) && rest ? rest : record);
    const batchId = inside
      ? await this.acts.unlink(reader, person, other.record)
      : await this.acts.keepApart(reader, person, other.person);
    if (batchId === null) return redirect(path, { kind: 'notice', key: 'person-card.already-apart' });
    const values = { name: other.record.name };
    const key = inside ? 'person-card.unlinked' : 'person-card.kept-apart';
    return redirect(path, { kind: 'success', key, values, undo: undoPath(batchId, path) });
  }

  @Post('acts/:batchId/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @Param('batchId') batchId: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const path = cardPath(to) ?? '/contacts';
    try {
      const undone = await this.acts.undo(reader, batchId);
      if (!undone) return redirect(path, { kind: 'notice', key: 'person-card.undone-already' });
      return redirect(path, undoneMessage(undone, path));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return redirect(path, refusal(error));
    }
  }

  private async search(reader: SignedIn, q: string) {
    const found = await this.records.ask(reader, (source) => source.search(reader, q, LOOKED_AT));
    const people = await this.persons.group(reader, found);
    const wanted = { words: wordsOf(q), number: null, extension: extensionIn(q), frequent: [] };
    return rankedPeople(people, wanted);
  }

  /** @throws NotFound for what the reader does not see */
  private both(reader: SignedIn, one: EntryForm, other: EntryForm) {
    return Promise.all([one, other].map(({ kind, id }) => this.find(reader, kind, id)));
  }

  /** @throws NotFound for what the reader does not see */
  private async find(reader: SignedIn, kind: string, id: string) {
    const ref = refOf(kind, id);
    const found = ref && (await this.persons.find(reader, ref));
    if (!found) throw new NotFound('person-card.not-found');
    return found;
  }
}

/** A card, and nothing else. */
function cardPath(to: unknown): string | null {
  const [, kind = '', id = ''] = /^\/people\/([a-z]+)\/([0-9a-f-]{36})$/.exec(localPath(to) ?? '') ?? [];
  const ref = refOf(kind, id);
  return ref && cardHref(ref);
}
