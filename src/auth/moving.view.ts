import { type Counted } from '../accounts/belongings.js';
import { type ResolvedFeatures } from '../accounts/features.js';
import { field, problemsOf, type Returned } from '../web/fields.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { type Holder, type Invitation } from './activation.service.js';

interface Proving {
  token: string;
  invitation: Invitation;
  holder: Holder;
  /** Whoever is signed in in this browser: not the holder of the account. */
  reader: SignedIn | undefined;
  returned?: Returned;
}

/** Whoever has the mail says that the personal account is theirs as well. */
export function provingView(words: Words, { token, invitation, holder, reader, returned }: Proving) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'password', labelKey: 'account-moving.password', type: 'password' },
        autocomplete: 'current-password',
      },
      returned,
    ),
  ];
  const {
    company,
    person: { email },
  } = invitation;
  return {
    ...{ company, email, fields },
    action: `/activate/${token}/holder`,
    closed: holder.closed,
    other: reader
      ? words.t('account-moving.signed-in-as', { name: reader.displayName, email: reader.email })
      : null,
    problems: problemsOf(words, fields, returned),
  };
}

interface Choosing {
  token: string;
  invitation: Invitation;
  belongings: readonly Counted[];
  /** What the company lets the person use. */
  features: ResolvedFeatures | undefined;
  /** Why it could not be done just now: a catalogue key. */
  refused?: string;
}

/** What comes along, and what becomes of the account that is left. */
export function choosingView(words: Words, { token, invitation, belongings, features, refused }: Choosing) {
  const {
    company,
    person: { email },
  } = invitation;
  const hidden = belongings.filter(({ feature }) => feature !== null && !features?.[feature]);
  return {
    ...{ company, email },
    action: `/activate/${token}/moving`,
    points: belongings.map(({ name, count }) => words.t(`account-moving.has-${name}`, { count })),
    hidden: hidden.length > 0,
    problems: refused === undefined ? [] : [{ text: words.t(refused) }],
  };
}
