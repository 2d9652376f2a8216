import { Controller, Get, Param, Query } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { mentionedIn } from '../change-words.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { auditEntryView } from './audit-entry.view.js';
import { AuditList } from './audit-list.query.js';
import { AuditNames } from './audit-names.query.js';
import { readAuditState } from './audit-state.js';
import { AuditSubjects } from './audit-subjects.query.js';
import { auditView } from './audit.view.js';

const nothing = { rows: [], first: null, previous: null, next: null, last: null };

/** What was done in an account, for its administrators; reading it changes nothing. */
@Admin()
@Controller('audit-log')
export class AuditController {
  constructor(
    private readonly list: AuditList,
    private readonly subjects: AuditSubjects,
    private readonly names: AuditNames,
    private readonly people: UserDetailsQuery,
  ) {}

  @Get()
  async all(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ) {
    const state = readAuditState(query, words.timeZone);
    const { problems, q, target, who, place } = state;
    const about = target ? [target] : q === '' ? null : await this.list.named(accountId, q);
    const tooMany = q !== '' && about === null;
    const [acts, actors, actions] = await Promise.all([
      problems.length > 0 || tooMany
        ? nothing
        : this.list.page(accountId, state, about, { place, limit: limits.page }),
      this.list.actors(accountId),
      this.list.actions(accountId),
    ]);
    const { rows } = acts;
    const batchIds = rows.flatMap(({ batchId }) => batchId ?? []);
    const targets = rows.flatMap(({ targetId }) => targetId ?? []);
    // What is done to the account itself names no target.
    const subjects = await this.subjects.between(accountId, batchIds, [...new Set([...targets, accountId])]);
    const [present, named] = await Promise.all([
      this.names.of(accountId, [
        ...rows.map(({ targetType, targetId }) => ({ type: targetType, id: targetId })),
        ...[...actors, ...rows.map(({ actorId }) => actorId), isId(who) ? who : null].map(person),
        ...['user', 'user-group', 'chat-group', 'import'].map((type) => ({ type, id: target })),
      ]),
      this.people.named(accountId, mentionedIn(subjects)),
    ]);
    return page(
      'audit-log/list',
      auditView(words, state, { page: acts, subjects, present, named, actors, actions, tooMany }),
      problems.length > 0 ? 422 : 200,
    );
  }

  @Get(':id')
  async one(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() { after, before }: Record<string, unknown>,
  ) {
    const row = isId(id) ? await this.list.one(accountId, id) : null;
    if (!row) throw new NotFound();
    const { batchId, actorId, targetType, targetId } = row;
    const place = { ...textAs('after', after), ...textAs('before', before) };
    const [subjects, count] = batchId
      ? await Promise.all([
          this.subjects.page(accountId, batchId, place),
          this.subjects.count(accountId, batchId),
        ])
      : [null, 0];
    const found = subjects?.rows ?? [];
    const [present, named] = await Promise.all([
      this.names.of(accountId, [
        ...[person(actorId), { type: targetType, id: targetId }],
        ...found.map(({ subjectType, subjectId }) => ({ type: subjectType, id: subjectId })),
      ]),
      this.people.named(accountId, mentionedIn(found)),
    ]);
    return page('audit-log/entry', auditEntryView(words, { row, subjects, count, present, named }));
  }
}

function person(id: Id | null) {
  return { type: 'user', id };
}

function textAs(name: 'after' | 'before', value: unknown) {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {};
}
