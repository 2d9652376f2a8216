import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { featuresOf } from '../accounts/features.js';
import { User } from '../accounts/user.entity.js';
import { isId } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { NotFound } from '../errors/domain-error.js';
import { Journal } from '../journal/journal.service.js';
import { Admin } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { contactListView } from './contact-list.view.js';
import { contactView } from './contact.view.js';
import { ContactsQuery } from './contacts-query.js';
import { missingView, pickView, seenAs, type SeenBy } from './directory-as.view.js';
import { HiddenPeople } from './hidden-people.query.js';
import { PeopleVisible, type Viewer } from './people-visible.query.js';
import { RecentChoices } from './recent-choices.js';

/**
 * The directory as somebody else sees it, through the same query with that person as the viewer. For administrators,
 * to read: nothing private of the person is here, and nothing of theirs changes. Choosing somebody by a button is
 * noted in the audit log; reading on, reloading and links within are that same viewing.
 */
@Admin()
@Controller()
export class DirectoryAsController {
  constructor(
    private readonly database: DataSource,
    private readonly people: PeopleVisible,
    private readonly recentChoices: RecentChoices,
    private readonly hidden: HiddenPeople,
    private readonly journal: Journal,
  ) {}

  /** Whose eyes: anybody of the account, in any status. */
  @Get('directory-as')
  async pick(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const { filters, place } = new ContactsQuery(query);
    const found = filters.q === '' ? null : await this.hidden.page(reader, filters.q, place);
    return page('directory-as/pick', pickView(words, filters.q, found));
  }

  @Post('users/:id/directory')
  async enter(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.viewerOf(reader, id);
    await inTransaction(this.database, (manager) =>
      this.journal.audit(manager, reader, facts, {
        ...{
          action: 'directory.see-as',
          targetType: 'user',
          targetId: user.id,
          targetName: user.displayName,
        },
      }),
    );
    return redirect(`/users/${user.id}/directory`);
  }

  @Get('users/:id/directory')
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const seen = await this.viewerOf(reader, id);
    const { viewer, base } = seen;
    const { filters: asked, order, place } = new ContactsQuery(query);
    // Whom somebody has starred is their own.
    const filters = { ...asked, starred: '' };
    const [found, choices, managers, hidden] = await Promise.all([
      this.people.page(viewer, filters, order, place),
      this.recentChoices.of(viewer),
      filters.manager === '' ? null : this.people.among(viewer, [filters.manager]),
      this.hidden.count(viewer),
    ]);
    const managerName = managers?.get(filters.manager);
    const list = { page: found, choices, filters, order, reader: seen.eyes, managerName, base };
    return page('directory-as/list', {
      ...contactListView(list, words),
      ...seenAs(words, seen, 'list', hidden),
    });
  }

  /** Why somebody is missing: everybody who matches, with the rule that hides them. */
  @Get('users/:id/directory/missing')
  async missing(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const seen = await this.viewerOf(reader, id);
    const { filters, place } = new ContactsQuery(query);
    const [found, counts] = await Promise.all([
      this.hidden.page(seen.viewer, filters.q, place),
      this.hidden.counts(seen.viewer),
    ]);
    return page('directory-as/missing', {
      ...missingView(words, seen, { q: filters.q, page: found, counts }),
      ...seenAs(words, seen, 'missing', counts.people),
    });
  }

  @Get('users/:id/directory/:contactId')
  async card(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Param('contactId') contactId: string,
  ): Promise<Page> {
    const seen = await this.viewerOf(reader, id);
    const { viewer, base, user, eyes } = seen;
    const person = await this.people.find(viewer, contactId);
    if (!person) throw new NotFound('directory-as.not-found', { name: user.displayName });
    const reports = await this.people.reportsTo(viewer, person.id);
    return page('directory-as/card', {
      ...contactView(person, eyes, words, { reports, base }),
      ...seenAs(words, seen, 'card', 0),
    });
  }

  /** @throws NotFound for another account's, and for who was erased */
  private async viewerOf({ accountId, account }: SignedIn, id: string): Promise<SeenBy> {
    if (!isId(id)) throw new NotFound();
    const user = await this.database.getRepository(User).findOneBy({ id, accountId, liveKey: 1 });
    if (!user || user.status === 'erased') throw new NotFound('accounts.user-not-found');
    const features = (await featuresOf(this.database.manager, accountId, [id])).get(id);
    const viewer: Viewer = { id, accountId, account, restricted: user.restricted };
    const phone = Boolean(features?.phone) && user.type === 'licensed';
    const eyes = { id: user.id, type: user.type, features: { phone }, account };
    return { user, viewer, eyes, base: `/users/${id}/directory` };
  }
}
