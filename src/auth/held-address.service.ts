import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { Belongings } from '../accounts/belongings.js';
import { featuresOf } from '../accounts/features.js';
import { page, type Page } from '../web/answers.js';
import { type Returned } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { type Holder, type Invitation } from './activation.service.js';
import { choosingView, provingView } from './moving.view.js';

/** An invitation whose address signs in somebody already. */
export interface Held {
  token: string;
  invitation: Invitation;
  holder: Holder;
}

/** What the holder of an invitation is shown when its address signs in somebody already. */
@Injectable()
export class HeldAddresses {
  constructor(
    private readonly database: DataSource,
    private readonly belongings: Belongings,
  ) {}

  /** Of another company: only that company can give it up. Of an account of one's own: its person may take it along. */
  page(request: Request, words: Words, held: Held): Page | Promise<Page> {
    const { invitation, holder } = held;
    const {
      company,
      person: { email },
    } = invitation;
    if (!holder.alone) return page('auth/held', { company, email }, 409);
    return request.signedIn?.id === holder.id ? this.choose(words, held) : this.prove(request, words, held);
  }

  prove(request: Request, words: Words, held: Held, returned?: Returned): Page {
    const view = provingView(words, { ...held, reader: request.signedIn, returned });
    return page('account-moving/prove', view, returned ? 422 : 200);
  }

  /** @param refused why it could not be done just now: a catalogue key */
  async choose(words: Words, { token, invitation, holder }: Held, refused?: string): Promise<Page> {
    const { id, accountId } = invitation.person;
    const [belongings, features] = await Promise.all([
      this.belongings.of(holder.id),
      featuresOf(this.database.manager, accountId, [id]),
    ]);
    const view = choosingView(words, { token, invitation, belongings, features: features.get(id), refused });
    return page('account-moving/choose', view, refused === undefined ? 200 : 409);
  }
}
