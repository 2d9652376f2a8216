import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CompanySettings, SettingsConflict } from '../../accounts/company-settings.service.js';
import { FeatureTallies } from '../../accounts/feature-tally.query.js';
import { OutsideContacts } from '../../accounts/outside-contacts.js';
import { type SettingSection } from '../../accounts/settings.js';
import { DomainError } from '../../errors/domain-error.js';
import { MailTest } from '../../mail/mail-test.service.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { AccountFacts } from './account-facts.query.js';
import { presetOf, type ReachPreset } from './reach-presets.js';
import { patternProblems } from './reach.view.js';
import { confirmView, conflictView, countedOf } from './settings-answers.view.js';
import { SettingsEffects } from './settings-effects.query.js';
import { domainProblems, onlyPosted, valuesOf } from './settings-values.js';
import {
  CompanyForm,
  FeaturesForm,
  OutsideForm,
  ProvidersForm,
  ReachForm,
  RetentionForm,
  type SectionForm,
} from './settings.forms.js';
import { settingsView, type ReturnedSection } from './settings.view.js';

type Answer = Promise<Page | Redirect>;

interface Asked {
  returned?: ReturnedSection;
  counting?: boolean;
  /** The form is shown again with what it would lead to; nothing is refused yet. */
  looking?: boolean;
  preset?: ReachPreset | undefined;
}

/** Beyond so many people, who has what is counted when it is asked for, if groups decide too. */
const COUNTED_AT_ONCE = 20_000;

/** What holds for the whole company, saved section by section. */
@Admin()
@Controller('settings')
export class SettingsController {
  constructor(
    private readonly settings: CompanySettings,
    private readonly effects: SettingsEffects,
    private readonly tallies: FeatureTallies,
    private readonly facts: AccountFacts,
    private readonly mailTest: MailTest,
    private readonly outside: OutsideContacts,
  ) {}

  /**
   * @param count asked for by the link that counts who has what in a large company
   * @param preset fills in the patterns of a program, unsaved
   */
  @Get()
  show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query('count') count?: unknown,
    @Query('preset') preset?: unknown,
  ): Answer {
    return this.page(reader, words, { counting: count !== undefined, preset: presetOf(preset) });
  }

  @Post('company')
  saveCompany(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(CompanyForm) submission: Submission<CompanyForm>,
  ): Answer {
    return this.save({ reader, words, facts }, 'company', submission);
  }

  @Post('features')
  saveFeatures(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(FeaturesForm) submission: Submission<FeaturesForm>,
  ): Answer {
    return this.save({ reader, words, facts }, 'features', submission);
  }

  @Post('reach')
  saveReach(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(ReachForm) submission: Submission<ReachForm>,
  ): Answer {
    return this.save({ reader, words, facts }, 'reach', submission.with(...patternProblems(submission)));
  }

  /** Where the patterns would lead; nothing is saved. */
  @Post('reach/preview')
  previewReach(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(ReachForm) submission: Submission<ReachForm>,
  ): Answer {
    return this.page(reader, words, {
      returned: { section: 'reach', submission: submission.with(...patternProblems(submission)) },
      looking: true,
    });
  }

  @Post('external-contacts')
  saveOutside(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(OutsideForm) submission: Submission<OutsideForm>,
  ): Answer {
    return this.save(
      { reader, words, facts },
      'external-contacts',
      submission.with(...domainProblems(submission)),
    );
  }

  @Post('integrations')
  saveProviders(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(ProvidersForm) submission: Submission<ProvidersForm>,
  ): Answer {
    return this.save({ reader, words, facts }, 'integrations', submission);
  }

  @Post('retention')
  saveRetention(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(RetentionForm) submission: Submission<RetentionForm>,
  ): Answer {
    return this.save({ reader, words, facts }, 'retention', submission);
  }

  /** What one save changed is as before, where nobody has changed it since. */
  @Post('saves/:id/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Answer {
    try {
      const { batchId, left } = await this.settings.undo(reader, facts, id);
      const fields = words.list(left.map((name) => words.t(`settings.field.${name}`)));
      return redirect('/settings', {
        kind: 'success',
        key: left.length === 0 ? 'settings.undo.undone' : 'settings.undo.partly',
        values: { fields },
        undo: `/settings/saves/${batchId}/undo`,
      });
    } catch (error) {
      if (!(error instanceof DomainError) || error.status === 404) throw error;
      return redirect('/settings', { kind: 'failure', key: error.key, values: error.values });
    }
  }

  private async save(
    { reader, words, facts }: { reader: SignedIn; words: Words; facts: RequestFacts },
    section: SettingSection,
    submitted: Submission<SectionForm>,
  ): Answer {
    const submission = onlyPosted(submitted);
    if (submission.refused) return this.page(reader, words, { returned: { section, submission } });
    const values = valuesOf(section, submission);
    const present = await this.settings.read(reader.accountId);
    const { form } = submission;
    const revision = form.revision === null ? present.revision : Number(form.revision);
    const conflict = (error: SettingsConflict) =>
      page('settings/conflict', conflictView(words, section, submission, error, values), 409);
    try {
      // Numbers are of use to nobody whose form is out of date.
      await this.settings.check(present, revision, values);
      const after = { ...present.settings, ...values };
      const effects = await this.effects.of(present, after);
      const again = form.confirmed && effects !== null && form.counted !== countedOf(effects);
      if (effects && (again || !form.confirmed)) {
        const saving = { present, after, effects, again };
        return page('settings/confirm', confirmView(words, section, submission, saving));
      }
      const saved = await this.settings.save(reader, facts, revision, values);
      if (!saved) return redirect('/settings', { kind: 'notice', key: 'settings.unchanged' });
      return redirect('/settings', {
        kind: 'success',
        key: 'settings.saved',
        undo: `/settings/saves/${saved.batchId}/undo`,
      });
    } catch (error) {
      if (error instanceof SettingsConflict) return conflict(error);
      throw error;
    }
  }

  private async page(
    reader: SignedIn,
    words: Words,
    { returned, counting = false, looking = false, preset }: Asked,
  ): Answer {
    const { accountId } = reader;
    const present = await this.settings.read(accountId);
    const [groups, account, forbidden, own] = await Promise.all([
      this.tallies.groups(accountId),
      this.facts.of(accountId),
      this.outside.forbidden(accountId, present.settings),
      this.facts.ownEntry(reader.id),
    ]);
    const people = account.people.active + account.people.pending;
    // While one types nobody waits for numbers.
    const counts = !looking && (counting || groups.length === 0 || people <= COUNTED_AT_ONCE);
    const tally = counts ? await this.tallies.of(accountId, groups) : null;
    const server = this.mailTest.server();
    return page(
      'settings/settings',
      settingsView(words, reader, {
        ...{ present, groups, tally, account, server },
        ...{ forbidden, own, returned, preset },
      }),
      returned?.submission.refused && !looking ? 422 : 200,
    );
  }
}
