import { Controller, Get, Query } from '@nestjs/common';
import { NotFound } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, type Page } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { Connections } from '../../connections/connections.service.js';
import { CloudPlaces, mailboxOf, type Mailbox } from '../cloud-places.query.js';
import { CloudList } from './cloud-list.query.js';
import { isNarrowed, readListState, type CloudListState } from './cloud-list.state.js';
import { cloudListView } from './cloud-list.view.js';

/** The contacts of one's mailboxes, as a list beside their folders. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts')
export class CloudListController {
  constructor(
    private readonly contacts: CloudList,
    private readonly places: CloudPlaces,
    private readonly connections: Connections,
  ) {}

  /** @throws NotFound for a mailbox or folder that is gone or another's */
  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const { id } = reader;
    const state = readListState(query);
    const mailboxes = await this.places.mailboxes(id, words);
    assertPlace(mailboxes, state);
    const shown = mailboxes.map((mailbox) => mailbox.id);
    const lettersAreWhole = !isNarrowed({ ...state, letter: '' });
    const [found, counts, letters, matching] = await Promise.all([
      this.contacts.page(id, shown, state),
      this.places.counts(id, shown),
      // What a search finds is short, and searched while one types.
      state.q === '' && (lettersAreWhole || shown.length > 0)
        ? this.contacts.letters(id, shown, state)
        : null,
      state.all ? this.contacts.count(id, shown, state) : null,
    ]);
    const withoutContacts = mailboxes.length === 0 ? await this.connections.of(id) : [];
    const read = { page: found, mailboxes, withoutContacts, counts, letters, matching: matching || null };
    return page('cloud-contacts/list', cloudListView(words, state, { ...read, reader }));
  }
}

function assertPlace(mailboxes: readonly Mailbox[], { mailbox, folder }: CloudListState): void {
  if (mailbox !== '' && !mailboxOf(mailboxes, mailbox)) throw new NotFound('cloud-contacts.no-mailbox');
  if (folder === '') return;
  const found = mailboxes.some(({ folders }) => folders.some(({ id, living }) => id === folder && living));
  if (!found) throw new NotFound('cloud-contacts.no-folder');
}
