import { Get, Injectable, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { DataSource } from 'typeorm';
import { GroupMembers, type Joined } from '../../accounts/group-members.service.js';
import { type Group } from '../../accounts/group-rows.js';
import { type GroupKind } from '../../accounts/group-tables.js';
import { Groups } from '../../accounts/groups.service.js';
import { knownAddresses } from '../../accounts/people-rows.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { BadRequest, NotFound } from '../../errors/domain-error.js';
import { ReceivesFile } from '../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { Csrf } from '../../web/csrf.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { nameOf } from '../user.view.js';
import { addressesOfFile, pastedAddresses, type AddressList } from './address-list.js';
import { areas } from './group-list.view.js';
import { backTo, stateOf } from './group-pages.js';
import { TickedMembersForm } from './group.forms.js';
import { addedView, addMembersView, type ListOutcome } from './group.view.js';
import { GroupsQuery } from './groups.query.js';
import { receiveList } from './receive-list.js';

/** Who comes into a group and who leaves it: ticked on a list, pasted, or read from a file. */
@Injectable()
export abstract class GroupMembersPages {
  protected abstract readonly kind: GroupKind;

  constructor(
    private readonly database: DataSource,
    private readonly groups: Groups,
    private readonly members: GroupMembers,
    private readonly query: GroupsQuery,
    private readonly details: UserDetailsQuery,
    private readonly csrf: Csrf,
  ) {}

  @Get('new')
  async choose(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    return this.form(accountId, words, await this.group(accountId, id), query);
  }

  @Post()
  async add(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(TickedMembersForm) { form }: Submission<TickedMembersForm>,
  ): Promise<Redirect> {
    const group = await this.group(reader.accountId, id);
    const back = backTo(form.from, `${this.path(group.id)}/members/new`);
    if (form.ids.length === 0) return redirect(back, { kind: 'notice', key: 'users.none-ticked' });
    const joined = await this.members.add(reader, facts, this.kind, group.id, idsIn(form));
    return redirect(back, this.said(joined, group, 'added'));
  }

  @Post('removal')
  async take(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(TickedMembersForm) { form }: Submission<TickedMembersForm>,
  ): Promise<Redirect> {
    const group = await this.group(reader.accountId, id);
    const back = backTo(form.from, this.path(group.id));
    if (form.ids.length === 0) return redirect(back, { kind: 'notice', key: 'users.none-ticked' });
    const gone = await this.members.take(reader, facts, this.kind, group.id, idsIn(form));
    return redirect(back, this.said(gone, group, 'removed'));
  }

  /** A pasted list, a file, or both. */
  @Post('list')
  @ReceivesFile()
  async addList(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page | Redirect> {
    const { text, file, problem } = await receiveList(request, response, this.csrf);
    const { accountId } = reader;
    const group = await this.group(accountId, id);
    const again = (why: ListOutcome['problem']) =>
      this.form(accountId, words, group, {}, { text, ...(why ? { problem: why } : {}) });
    if (problem) return again(problem);
    const list = pastedAddresses(text);
    if (file) {
      const read = await addressesOfFile(file);
      if ('problem' in read) return again(read.problem);
      list.addresses.push(...read.addresses);
      list.unreadable.push(...read.unreadable);
    }
    const count = list.addresses.length + list.unreadable.length;
    if (count === 0) return again({ key: 'groups.problem.nothing-given' });
    if (count > limits.groupAddresses)
      return again({ key: 'groups.problem.too-many', values: { max: limits.groupAddresses } });
    return this.addFound(reader, words, facts, group, list);
  }

  private async addFound(
    reader: SignedIn,
    words: Words,
    facts: RequestFacts,
    group: Group,
    { addresses, unreadable }: AddressList,
  ): Promise<Page | Redirect> {
    const { accountId } = reader;
    const known = await knownAddresses(
      this.database.manager,
      accountId,
      addresses.map(({ address }) => address),
    );
    const ids = new Map(
      known.filter(({ status }) => status !== 'erased').map(({ email, id }) => [email, id]),
    );
    const missing = [
      ...addresses.filter(({ address }) => !ids.has(address)).map(({ typed }) => typed),
      ...unreadable,
    ];
    const joined = await this.members.add(reader, facts, this.kind, group.id, [...ids.values()]);
    if (missing.length === 0 && joined.left.length === 0)
      return redirect(this.path(group.id), this.said(joined, group, 'added'));
    const named = await this.details.named(
      accountId,
      joined.left.map(({ id }) => id),
    );
    const refused = joined.left.map(({ id, key }) => {
      const person = named.get(id);
      return { name: person ? nameOf(person) : '', href: `/users/${id}`, reason: words.t(key) };
    });
    const { done, same, batchId } = joined;
    const undo = batchId ? this.undoPath(batchId) : '';
    return page('groups/added', addedView(words, this.kind, group, { done, same, refused, missing, undo }));
  }

  private async form(
    accountId: Id,
    words: Words,
    group: Group,
    query: Record<string, unknown>,
    returned?: ListOutcome,
  ): Promise<Page> {
    const { q, place } = stateOf(query);
    const found = await this.query.candidates(accountId, this.kind, group.id, { q, place });
    const view = addMembersView(words, this.kind, group, { q, page: found }, returned);
    return page('groups/add', view, returned ? 422 : 200);
  }

  private said({ done, same, left, batchId }: Joined, { name }: Group, what: 'added' | 'removed'): Message {
    const undo = batchId ? { undo: this.undoPath(batchId) } : {};
    const refused = left.length;
    if (refused > 0) {
      const values = { count: done, refused, name };
      return { kind: 'failure', key: `groups.${what}-some`, values, ...undo };
    }
    if (done === 0) return { kind: 'notice', key: `groups.${what}-none`, values: { count: same, name } };
    const values = { count: done, same, name };
    return { kind: 'success', key: `groups.${what}-many`, values, ...undo };
  }

  private group(accountId: Id, id: string): Promise<Group> {
    if (!isId(id)) throw new NotFound();
    return this.groups.find(accountId, this.kind, id);
  }

  private path(id: Id): string {
    return `/${areas[this.kind]}/${id}`;
  }

  private undoPath(batchId: Id): string {
    return `/${areas[this.kind]}/restorations/${batchId}`;
  }
}

function idsIn({ ids }: TickedMembersForm): Id[] {
  if (!ids.every(isId)) throw new BadRequest('common.error.bad-request');
  return ids;
}
