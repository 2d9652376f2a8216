import { Controller, Get, Post, Query } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { DomainError } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { ContactForm, editOf, groupsOf, problemFrom, readContactForm } from './contact.form.js';
import { newContactView } from './contact-form.view.js';
import { ContactQuery } from './contact.query.js';
import { LIST } from './contact.view.js';
import { PersonalContacts } from './contacts.service.js';

/** Adding one contact. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts')
export class NewContactController {
  constructor(
    private readonly query: ContactQuery,
    private readonly contacts: PersonalContacts,
  ) {}

  /** Takes the form's fields as its query: `?mobilePhone=…&displayName=…`; `next`: the page to go back to. */
  @Get('new')
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    return page('personal-contact/form', newContactView(words, await this.query.groups(reader.id), query));
  }

  @Post()
  async add(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(ContactForm) submitted: Submission<ContactForm>,
  ): Promise<Page | Redirect> {
    const read = readContactForm(submitted, reader.account.region);
    const again = async (refused: Submission<ContactForm>) =>
      page(
        'personal-contact/form',
        newContactView(words, await this.query.groups(reader.id), {}, refused),
        422,
      );
    if (read.submission.refused) return again(read.submission);
    const { form, once } = read.submission;
    try {
      const id = await this.contacts.add(reader, editOf(read), groupsOf(read.submission), once);
      return redirect(localPath(form.next) ?? `${LIST}/${id}`, {
        ...{ kind: 'success', key: 'personal-contact.added', values: { name: form.displayName } },
      });
    } catch (error) {
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (!problem) throw error;
      return again(read.submission.with(problem));
    }
  }
}
