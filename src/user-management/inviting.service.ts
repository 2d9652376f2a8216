import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Invitations } from '../accounts/invitations.service.js';
import { type NewPerson } from '../accounts/person.js';
import { type Status } from '../accounts/user.entity.js';
import { isId, type Id } from '../database/id.js';
import { isDuplicate } from '../database/transaction.js';
import { Conflict } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { readPastedPeople, type PastedPerson, type PastedProblem } from './pasted-people.js';
import { groupNames } from './person-rules.js';
import { type SeveralUsersForm } from './user.form.js';

/** An entry of a pasted list that is left out; `userId` is who has the address already. */
export interface LeftOut extends PastedProblem {
  userId?: Id;
}

export interface InvitationList {
  /** Who is invited, or was by this very form. */
  right: PastedPerson[];
  refused: LeftOut[];
}

/**
 * Invitations by hand. A form carries the id its person will have, so that sending it twice makes one person and
 * gives the first answer again.
 */
@Injectable()
export class Inviting {
  constructor(
    private readonly database: DataSource,
    private readonly invitations: Invitations,
  ) {}

  /**
   * @param once the form's idempotency key
   * @throws Conflict accounts.already-… when somebody else of the account has the address
   */
  async one(
    actor: Actor,
    facts: ActFacts,
    person: NewPerson,
    once: string | null,
  ): Promise<{ email: string }> {
    const { email } = person;
    const id = isId(once) ? once : undefined;
    try {
      await withOwnIds((own) => this.invitations.invite(actor, facts, own ? { ...person, id } : person));
    } catch (error) {
      // The same form, sent before or at the same moment.
      const sent = error instanceof Conflict && id !== undefined && error.values['id'] === id;
      if (!sent) throw error;
    }
    return { email };
  }

  /** What a pasted list says, with those the account has already among the refused. */
  async read(accountId: Id, text: string, once: string | null): Promise<InvitationList> {
    const { people, problems } = readPastedPeople(text, once);
    const known = await this.known(
      accountId,
      people.map(({ email }) => email),
    );
    const right = people.filter(({ id, email }) => !known.has(email) || known.get(email)?.id === id);
    const already = people
      .filter((person) => !right.includes(person))
      .map(({ email }): LeftOut => {
        const { id, status } = known.get(email) ?? {};
        return {
          typed: email,
          key: `accounts.already-${status}`,
          values: { typed: email, email },
          userId: id,
        };
      });
    return { right, refused: [...problems, ...already] };
  }

  /** Invites the right ones; `left` are those of them somebody else invited at this very moment, and the refused. */
  async several(
    actor: Actor,
    facts: ActFacts,
    { right, refused }: InvitationList,
    { type, userGroups }: Pick<SeveralUsersForm, 'type' | 'userGroups'>,
  ): Promise<{ invited: number; left: number }> {
    const people = right.map((person) => ({ ...person, type, userGroups: groupNames(userGroups) }));
    const { already } = await withOwnIds((own) =>
      this.invitations.inviteMany(actor, facts, own ? people : people.map(({ id: _, ...person }) => person)),
    );
    const ids = new Set(right.map(({ id }) => id));
    const others = already.filter(({ id }) => !ids.has(id)).length;
    return { invited: right.length - others, left: others + refused.length };
  }

  private async known(accountId: Id, emails: string[]): Promise<Map<string, { id: Id; status: Status }>> {
    if (emails.length === 0) return new Map();
    const found = await this.database.query<{ id: Id; email: string; status: Status }[]>(
      'SELECT id, email, status FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
      [accountId, emails],
    );
    return new Map(found.map(({ email, ...person }) => [email, person]));
  }
}

/**
 * With the ids a form brought; when one is taken, once more, for the same form at the same moment is then found by
 * its address. Taken still, the form was sent before for somebody else (the browser's Back keeps the key).
 */
async function withOwnIds<T>(send: (own: boolean) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(attempt < 3);
    } catch (error) {
      if (attempt === 3 || !isDuplicate(error, 'PRIMARY')) throw error;
    }
  }
}
