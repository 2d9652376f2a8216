import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { type PhoneField } from '../../contact-card/contact-fields.js';
import { Forbidden, Refused } from '../../errors/domain-error.js';
import { type E164 } from '../../phone/e164.js';
import { tidy } from '../../text/tidy.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { isUnsearchable } from '../../web/list-search.js';
import { textOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { CallList, type ShownCall } from '../list/call-list.query.js';
import { AddNumberForm } from './add-number.form.js';
import { chooseFieldView, confirmView, searchView, standingIn } from './add-number.view.js';
import { NumberTargets, TargetChanged, type NumberTarget } from './number-targets.service.js';

/** Adding the number of a call to a contact one has: search, choose the field, and see what is there before it goes. */
@Member()
@NeedsFeature('phone')
@Controller('calls/:id/add-number')
export class AddNumberController {
  constructor(
    private readonly calls: CallList,
    private readonly targets: NumberTargets,
  ) {}

  /** Begins with whoever the telephone system says it is. */
  @Get()
  async search(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const call = await this.calls.find(reader.id, id);
    if (!isNumbered(call)) return nothingToAdd(call);
    const q = tidy(query['q'] === undefined ? (call.callerName ?? '') : textOf(query['q'])).slice(0, 200);
    const nobody = q === '' || isUnsearchable(q);
    const search = nobody ? { found: [], more: false } : await this.targets.search(reader, q);
    return page('add-number/search', searchView(words, reader, call, { q, ...search }));
  }

  @Get(':kind/:contactId')
  async choose(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param() { id, kind, contactId }: Record<string, string>,
  ): Promise<Page | Redirect> {
    const call = await this.calls.find(reader.id, id);
    if (!isNumbered(call)) return nothingToAdd(call);
    const target = await this.targets.find(reader, kind, contactId);
    return page('add-number/choose', chooseFieldView(words, call, target));
  }

  /** Sent twice it does nothing the second time; what stands in the field goes only after it was shown. */
  @Post(':kind/:contactId')
  async add(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param() { id, kind, contactId }: Record<string, string>,
    @Submitted(AddNumberForm) submission: Submission<AddNumberForm>,
  ): Promise<Page | Redirect> {
    const call = await this.calls.find(reader.id, id);
    if (!isNumbered(call)) return nothingToAdd(call);
    const target = await this.targets.find(reader, kind, contactId);
    if (submission.refused)
      return page('add-number/choose', chooseFieldView(words, call, target, { returned: submission }), 422);
    const { revision, replaces } = submission.form;
    const field = submission.form.field as PhoneField;
    if (target.phones[field] === call.number) return this.added(call, target, null);
    if (target.blocked !== null) return page('add-number/choose', chooseFieldView(words, call, target), 409);
    const standing = standingIn(target, field);
    if (standing !== (replaces ?? ''))
      return page('add-number/confirm', confirmView(words, call, target, field), standing === '' ? 409 : 422);
    const asShown = { ...target, revision: revision === null ? target.revision : Number(revision) };
    try {
      const undo = await this.targets.put(reader, asShown, field, call.number, `/calls/${call.id}`);
      return this.added(call, target, undo);
    } catch (error) {
      if (error instanceof TargetChanged) return this.changed(reader, words, call, target, field);
      if (!(error instanceof Refused || error instanceof Forbidden)) throw error;
      const { key, values } = error;
      return redirect(pathOf(call, target), { kind: 'failure', key, values });
    }
  }

  /** In another window: perhaps by this very form. */
  private async changed(
    reader: SignedIn,
    words: Words,
    call: NumberedCall,
    target: NumberTarget,
    field: PhoneField,
  ): Promise<Page | Redirect> {
    const present = await this.targets.find(reader, target.kind, target.id);
    if (present.phones[field] === call.number) return this.added(call, present, null);
    return page('add-number/choose', chooseFieldView(words, call, present, { changed: true, field }), 409);
  }

  private added(call: NumberedCall, { name }: NumberTarget, undo: string | null): Redirect {
    return redirect(`/calls/${call.id}`, {
      ...{ kind: 'success', key: 'add-number.added', values: { name } },
      ...(undo === null ? {} : { undo }),
    });
  }
}

export type NumberedCall = ShownCall & { number: E164 };

/** Not of a withheld number or an extension, nor of a call in the bin. */
function isNumbered(call: ShownCall): call is NumberedCall {
  return call.number !== null && call.deletedAt === null;
}

function nothingToAdd({ id, number }: ShownCall): Redirect {
  const key = number === null ? 'add-number.no-number' : 'add-number.in-bin';
  return redirect(`/calls/${id}`, { kind: 'notice', key });
}

function pathOf({ id }: NumberedCall, target: NumberTarget): string {
  return `/calls/${id}/add-number/${target.kind}/${target.id}`;
}
