import { Controller, Get, Param, Post } from '@nestjs/common';
import { AddressChanges } from '../accounts/address-changes.service.js';
import { ProfileSections } from '../accounts/profile-sections.js';
import { NotFound } from '../errors/domain-error.js';
import { Member } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { readPhones } from '../web/phone-typed.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { isId } from '../database/id.js';
import { passwordProblems } from './form-rules.js';
import { localPath } from './local-path.js';
import {
  DetailsForm,
  LanguageForm,
  PasswordChangeForm,
  PreferencesForm,
  ThemeForm,
} from './profile.forms.js';
import { Profiles } from './profile.service.js';
import { profileView, type ReturnedForms } from './profile.view.js';
import { Sessions } from './sessions.service.js';

@Controller('profile')
@Member()
export class ProfileController {
  constructor(
    private readonly profiles: Profiles,
    private readonly sessions: Sessions,
    private readonly addresses: AddressChanges,
    private readonly sections: ProfileSections,
  ) {}

  @Get()
  show(@CurrentUser() me: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return this.page(me, words);
  }

  @Post()
  async saveDetails(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(DetailsForm) submitted: Submission<DetailsForm>,
  ): Promise<Page | Redirect> {
    const { submission, phones } = readPhones(submitted, ['workPhone', 'mobilePhone'], me.account.region);
    if (submission.refused) return this.page(me, words, { details: submission });
    const { givenName, familyName } = submission.form;
    await this.profiles.saveDetails(me, { givenName, familyName, ...phones });
    return redirect('/profile', 'profile.saved');
  }

  @Post('preferences')
  async savePreferences(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(PreferencesForm) submission: Submission<PreferencesForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return this.page(me, words, { preferences: submission });
    const { language, theme, timeZone, shortcuts, region } = submission.form;
    await this.profiles.savePreferences(me, {
      language: language || null,
      theme: theme || 'system',
      timeZone: timeZone || null,
      shortcuts,
    });
    if (region !== '') await this.profiles.saveRegion(me, region);
    return redirect('/profile', 'profile.saved');
  }

  /** The switch in the header's menu, on any page. */
  @Post('theme')
  async chooseTheme(
    @CurrentUser() me: SignedIn,
    @Submitted(ThemeForm) { form, refused }: Submission<ThemeForm>,
  ): Promise<Redirect> {
    if (!refused && form.theme) await this.profiles.savePreferences(me, { theme: form.theme });
    return redirect(localPath(form.next) ?? '/profile');
  }

  @Post('language')
  async chooseLanguage(
    @CurrentUser() me: SignedIn,
    @Submitted(LanguageForm) { form, refused }: Submission<LanguageForm>,
  ): Promise<Redirect> {
    if (!refused && form.language) await this.profiles.savePreferences(me, { language: form.language });
    return redirect(localPath(form.next) ?? '/profile');
  }

  @Post('password')
  async changePassword(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(PasswordChangeForm) submission: Submission<PasswordChangeForm>,
  ): Promise<Page | Redirect> {
    const { form, problems } = submission;
    const chosen = problems.some(({ field }) => field === 'password') ? [] : passwordProblems(form, me);
    const checked = submission.with(...chosen);
    if (checked.refused) return this.page(me, words, { password: checked });
    if (!(await this.profiles.changePassword(me, form.currentPassword, form.password))) {
      const wrong = submission.with({ field: 'currentPassword', key: 'profile.password.wrong' });
      return this.page(me, words, { password: wrong });
    }
    return redirect('/profile', 'profile.password.changed');
  }

  @Post('sessions/:publicId/deletion')
  async endSession(@CurrentUser() me: SignedIn, @Param('publicId') publicId: string): Promise<Redirect> {
    if (!isId(publicId)) throw new NotFound();
    // Ended already (by itself, or by the same button in another window): what was wanted is so.
    await this.sessions.endSession(me.id, publicId);
    return publicId === me.sessionPublicId
      ? redirect('/login', 'auth.signed-out')
      : redirect('/profile#sessions', 'profile.session.ended');
  }

  @Post('other-sessions/deletion')
  async endOthers(@CurrentUser() me: SignedIn): Promise<Redirect> {
    const count = await this.sessions.endOthers(me);
    return redirect('/profile#sessions', {
      kind: 'success',
      key: 'profile.session.ended-others',
      values: { count },
    });
  }

  private async page(me: SignedIn, words: Words, returned?: ReturnedForms): Promise<Page> {
    const [user, sessions, waiting, sections] = await Promise.all([
      this.profiles.get(me),
      this.sessions.sessionsOf(me.id),
      this.addresses.waiting(me.accountId, me.id),
      this.sections.of(words, me),
    ]);
    const view = profileView(words, me, { user, sessions, waiting }, returned);
    return page('profile/profile', { ...view, sections }, returned ? 422 : 200);
  }
}
