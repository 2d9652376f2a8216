import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { MaxLength } from 'class-validator';
import { NotFound } from '../../../errors/domain-error.js';
import { normaliseAddress } from '../../../text/address.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, refusal, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { Connections } from '../../connections/connections.service.js';
import { CalendarEvents, type OwnEvent } from '../events.query.js';
import { KnownContacts } from '../known-contacts.js';
import { CALENDAR } from './calendar.state.js';
import { eventView, peopleOf, peoplePage } from './event.view.js';

/** Characters of a name that is kept. */
const NAME = 255;

class AddedPersonForm {
  /** As the event has it; who it is, the event says. */
  @MaxLength(320)
  email = '';
}

/** One event: when, where, and who else. */
@Member()
@NeedsFeature('integrations')
@Controller('calendar')
export class CalendarEventController {
  constructor(
    private readonly events: CalendarEvents,
    private readonly known: KnownContacts,
    private readonly connections: Connections,
  ) {}

  @Get(':id')
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query('people') asked: unknown,
  ): Promise<Page> {
    const event = await this.eventOf(reader, id);
    const people = peoplePage(event, asked);
    const [known, { provider }] = await Promise.all([
      this.known.among(
        reader,
        people.shown.map(({ email }) => email),
      ),
      this.connections.get(reader.id, event.connectionId),
    ]);
    return page('calendar/event', eventView(words, reader, { event, people, known, provider }));
  }

  /** One of its people becomes a contact, as the event has them. */
  @Post(':id/contacts')
  async add(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Query('people') asked: unknown,
    @Submitted(AddedPersonForm) { form, once }: Submission<AddedPersonForm>,
  ): Promise<Redirect> {
    const event = await this.eventOf(reader, id);
    const path = `${CALENDAR}/${event.id}`;
    const here = peoplePage(event, asked).href;
    if (!reader.features['personal-contacts'])
      return redirect(here, { kind: 'failure', key: 'calendar.event.cannot-add' });
    const person = peopleOf(event).find(({ email }) => email !== null && email === form.email);
    if (!person?.email) return redirect(here, { kind: 'failure', key: 'calendar.add-gone' });
    const email = normaliseAddress(person.email);
    if (email === null) return redirect(here, { kind: 'failure', key: 'calendar.no-address' });
    const name = [...(person.name ?? email)].slice(0, NAME).join('');
    const present = (await this.known.among(reader, [person.email])).get(person.email);
    // Sent twice, or in two windows: there is nothing to do, and nobody is there twice.
    if (present)
      return redirect(here, {
        kind: 'notice',
        key: 'calendar.already-known',
        values: { name: present.name },
      });
    try {
      const added = await this.known.add(reader, { name, email }, { once, page: path });
      return redirect(here, { kind: 'success', key: 'calendar.added', values: { name }, undo: added.undo });
    } catch (error) {
      return redirect(here, refusal(error));
    }
  }

  /** @throws NotFound for an event of nobody's, and of somebody else's */
  private async eventOf(reader: SignedIn, id: string): Promise<OwnEvent> {
    const event = await this.events.one(reader, id);
    if (!event)
      throw new NotFound(
        'calendar.event.not-found',
        {},
        { href: CALENDAR, key: 'calendar.event.to-calendar' },
      );
    return event;
  }
}
