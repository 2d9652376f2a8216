import { Controller, Get, Post } from '@nestjs/common';
import { IsIn, ArrayMaxSize } from 'class-validator';
import { limits } from '../../../config/limits.js';
import { BadRequest } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, refusal, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { Connections } from '../../connections/connections.service.js';
import { CalendarAvailability } from '../availability.query.js';
import { Calendars } from '../calendars.service.js';
import { CalendarConsents } from '../calendar-consents.service.js';
import { availabilityRange } from './availability.view.js';
import { CALENDARS } from './calendar.state.js';
import { calendarsView } from './calendars.view.js';

class ChoiceForm {
  /** The calendars the form has shown: of others nothing changes. */
  @ArrayMaxSize(limits.calendarsPerConnection)
  shown: string[] = [];

  @ArrayMaxSize(limits.calendarsPerConnection)
  chosen: string[] = [];
}

class SharingForm {
  @IsIn(['yes', 'no'], { message: 'common.problem.choice' })
  freeBusy = '';
}

/** Which calendars one sees here, and who may see when one is free or busy. */
@Member()
@NeedsFeature('integrations')
@Controller(CALENDARS.slice(1))
export class CalendarsController {
  constructor(
    private readonly calendars: Calendars,
    private readonly consents: CalendarConsents,
    private readonly availability: CalendarAvailability,
    private readonly connections: Connections,
  ) {}

  @Get()
  async show(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const now = new Date();
    const [mailboxes, { freeBusy }, availability] = await Promise.all([
      this.calendars.of(reader),
      this.consents.of(reader.id),
      this.availability.ofOneself(reader, { ...availabilityRange(now, words.timeZone), now }),
    ]);
    const withoutCalendar = mailboxes.length === 0 ? await this.connections.of(reader.id) : [];
    const read = { mailboxes, withoutCalendar, freeBusy, availability, now };
    return page('calendar/calendars', calendarsView(words, reader, read));
  }

  /** Of one mailbox: each has a form of its own. */
  @Post()
  async choose(
    @CurrentUser() reader: SignedIn,
    @Submitted(ChoiceForm) { form, refused }: Submission<ChoiceForm>,
  ): Promise<Redirect> {
    if (refused) throw new BadRequest('common.error.bad-request');
    try {
      await this.calendars.choose(reader, form.shown, form.chosen);
    } catch (error) {
      return redirect(CALENDARS, refusal(error));
    }
    return redirect(CALENDARS, 'calendar.calendars.saved');
  }

  @Post('sharing')
  async share(
    @CurrentUser() reader: SignedIn,
    @Submitted(SharingForm) { form, refused }: Submission<SharingForm>,
  ): Promise<Redirect> {
    if (refused) return redirect(CALENDARS, { kind: 'failure', key: 'calendar.sharing.choose' });
    await this.consents.agree(reader, form.freeBusy === 'yes');
    return redirect(CALENDARS, `calendar.sharing.saved-${form.freeBusy}`);
  }
}
