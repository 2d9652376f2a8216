import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { PersonLines } from '../accounts/person-lines.js';
import { cycleText, managementCycle } from '../accounts/management-chain.js';
import { cardFileName } from '../contact-card/card-file.js';
import { VCARD_MEDIA_TYPE } from '../contact-card/vcard.js';
import { NotFound } from '../errors/domain-error.js';
import { CalendarAvailability } from '../integrations/calendar/availability.query.js';
import { availabilityRange, availabilityView } from '../integrations/calendar/pages/availability.view.js';
import { Member } from '../web/access.js';
import { addMenuFor } from '../web/add-menu.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { qrCode, vcardOf } from '../contact-card/person-card.js';
import { contactListView } from './contact-list.view.js';
import { addToMineHref, contactView } from './contact.view.js';
import { ContactsQuery } from './contacts-query.js';
import { PeopleVisible, type Person } from './people-visible.query.js';
import { RecentChoices } from './recent-choices.js';
import { Stars } from './stars/stars.service.js';

/** The company's people, as each of them sees the others. */
@Controller()
@Member()
export class ContactsController {
  constructor(
    private readonly people: PeopleVisible,
    private readonly recentChoices: RecentChoices,
    private readonly availability: CalendarAvailability,
    private readonly stars: Stars,
    private readonly lines: PersonLines,
    private readonly database: DataSource,
  ) {}

  /** Whoever has an account of their own has no colleagues: their people are elsewhere. */
  @Get('contacts')
  async list(
    @CurrentUser() viewer: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    if (viewer.account.kind === 'personal') return redirect(externalSearch(query['q']));
    const { filters, order, place } = new ContactsQuery(query);
    const [found, choices, managers] = await Promise.all([
      this.people.page(viewer, filters, order, place),
      this.recentChoices.of(viewer),
      filters.manager === '' ? null : this.people.among(viewer, [filters.manager]),
    ]);
    const managerName = managers?.get(filters.manager);
    const list = { page: found, choices, filters, order, reader: viewer, managerName, withStars: true };
    return page('contacts/list', {
      ...contactListView(list, words),
      add: addMenuFor(words, viewer.features),
    });
  }

  @Get('contacts/:id')
  async show(
    @CurrentUser() viewer: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    const person = await this.personOf(viewer, id);
    const now = new Date();
    const [reports, starred, cycle, availability, personLine] = await Promise.all([
      this.people.reportsTo(viewer, person.id),
      this.stars.has(viewer, person.id),
      viewer.role === 'member' ? null : this.cycleOf(viewer, person.id, words),
      this.availabilityOf(viewer, person, words, now),
      this.lines.of(words, viewer, { kind: 'colleague', id: person.id }),
    ]);
    const addHref = viewer.features['personal-contacts'] ? addToMineHref(person, viewer) : '';
    return page('contacts/card', {
      ...contactView(person, viewer, words, { reports, cycle }),
      addHref,
      star: { action: `/contacts/${person.id}/star`, id: `star-${person.id}`, starred },
      ...{ availability, personLine },
    });
  }

  @Get('contacts/:id/card.vcf')
  async card(
    @CurrentUser() viewer: SignedIn,
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const person = await this.personOf(viewer, id);
    response.attachment(cardFileName(`${person.givenName} ${person.familyName}`)).type(VCARD_MEDIA_TYPE);
    return vcardOf(person, companyOf(viewer));
  }

  @Get('contacts/:id/qr.svg')
  @Header('Content-Type', 'image/svg+xml')
  async qr(@CurrentUser() viewer: SignedIn, @Param('id') id: string): Promise<string> {
    return qrCode(await this.personOf(viewer, id), companyOf(viewer));
  }

  /** Of whom the viewer found, and who agreed; oneself is told what others see, or that they see nothing. */
  private async availabilityOf(viewer: SignedIn, person: Person, words: Words, now: Date) {
    const asked = { ...availabilityRange(now, words.timeZone), now };
    const found = (await this.availability.of(viewer.accountId, [person.id], asked)).get(person.id);
    const own = person.id === viewer.id && viewer.features.integrations && viewer.account.kind === 'company';
    if (!found && !own) return null;
    const zone = person.timeZone ?? viewer.account.timeZone;
    const name = person.givenName || person.familyName;
    return {
      times: found ? availabilityView(words, found, { now, name, zone }) : null,
      own: own ? words.t(`calendar.free.${found ? 'you-shared' : 'you-not'}`) : '',
    };
  }

  /** A circle of managers, told to who can mend it; not when it names somebody whom they do not find here. */
  private async cycleOf(viewer: SignedIn, id: string, words: Words): Promise<string | null> {
    const cycle = await managementCycle(this.database.manager, viewer.accountId, id);
    if (cycle.length === 0) return null;
    const found = await this.people.among(
      viewer,
      cycle.map((each) => each.id),
    );
    return found.size === cycle.length ? cycleText(words, cycle) : null;
  }

  /** Pending, deactivated, hidden and other companies' people all look the same: not there. */
  private async personOf(viewer: SignedIn, id: string): Promise<Person> {
    const person = await this.people.find(viewer, id);
    if (!person) throw new NotFound('contacts.not-found');
    return person;
  }
}

/** An account of one person bears their address, which is no company's name. */
function companyOf({ account }: SignedIn): string | null {
  return account.kind === 'personal' ? null : account.name;
}

/** The same search where whoever has an account of their own finds people. */
function externalSearch(q: unknown): string {
  const asked = typeof q === 'string' && q !== '' ? `?${new URLSearchParams({ q }).toString()}` : '';
  return `/external-contacts${asked}`;
}
