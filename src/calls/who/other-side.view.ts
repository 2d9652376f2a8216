import { AVATAR_COLOURS, colourOf, initialsIn } from '../../web/avatars.js';
import { phoneText } from '../../web/link-texts.js';
import { reachOf, type Reach, type ReachReader } from '../../web/reach.js';
import { isolate } from '../../text/isolate.js';
import { isColleague, type Person } from '../../directory/people/person.js';
import { type Words } from '../../web/words.js';
import { callsPath } from '../list/call-list.state.js';
import { type Caller } from './callers.service.js';
import { type Call } from '../call.entity.js';
import { extensionOf, isHidden, withOf, type OtherSide } from './dialled.js';

type Told = OtherSide & Pick<Call, 'direction'>;

/** Who the other side of a call is, as lists and pages of calls show it. */
export interface OtherSideView {
  name: string;
  /** Page of the person; missing where nobody is known. */
  href?: string;
  avatar: { initials: string; colour: number; photoUrl?: string | null };
  /** The number or extension, where the name is not that itself. */
  number: string;
  /** Where the name is what the telephone system says. */
  claimed: string;
  /** Below the name: number and company. */
  line: string;
  /** “and 2 others have this number” */
  others: string;
  /** Ways to reach them by this number or extension; nothing for hidden numbers. */
  reach: Reach | null;
  /** The list of all calls with them; '' of hidden numbers. */
  withHref: string;
  /** A number nobody known has. */
  unknown: boolean;
}

/** What nobody is known by is shown as the telephone system says it, as text and marked as such. */
export function otherSideView(
  words: Words,
  reader: ReachReader,
  call: Told,
  caller: Caller | undefined,
): OtherSideView {
  const { person, others = 0 } = caller ?? {};
  const number = numberText(words, call);
  const name = person?.name ?? (call.callerName === null ? number : isolate(call.callerName));
  const whom = withOf(call);
  return {
    name,
    ...(person ? { href: person.href } : {}),
    avatar: person
      ? {
          initials: initialsIn(person.name),
          colour: colourOf(person.records[0].id),
          photoUrl: person.photoUrl,
        }
      : { initials: call.callerName ? initialsIn(call.callerName) : '#', colour: colourOfText(whom) },
    number: name === number ? '' : number,
    claimed: !person && call.callerName !== null ? words.t('calls.claimed') : '',
    line: [name === number ? '' : isolate(number), person?.organization ?? '']
      .filter((text) => text !== '')
      .join(' · '),
    others: others > 0 ? words.t('calls.others', { count: others }) : '',
    reach: reachView(words, reader, call, name, caller),
    withHref: whom === '' ? '' : callsPath({ with: whom }),
    unknown: !person && call.number !== null,
  };
}

/** 1 to 8, always the same for one number. */
function colourOfText(text: string): number {
  let sum = 0;
  for (const character of text) sum += character.codePointAt(0) ?? 0;
  return (sum % AVATAR_COLOURS) + 1;
}

/** As it is written for people; what is no number as the telephone system said it. */
export function numberText(words: Words, call: Omit<OtherSide, 'callerName'>): string {
  if (call.number !== null) return phoneText(call.number);
  return isHidden(call) ? words.t('calls.hidden') : isolate(call.typedNumber ?? '');
}

/** The number or extension of the call itself, also of a person with others. */
function reachView(
  words: Words,
  reader: ReachReader,
  call: Told,
  name: string,
  caller: Caller | undefined,
): Reach | null {
  const person = caller?.person;
  const { number } = call;
  const extension = safeExtension(call, person);
  if (number === null && extension === null) return null;
  const colleague = person !== undefined && isColleague(person);
  return reachOf(words, reader, {
    ...{ name: person?.name ?? name, email: person?.email ?? null, number, extension, colleague },
  });
}

/**
 * With `*` and `#` a telephone system is told what to do, such as where to send all calls; who calls says what they like. So it is
 * called back where a colleague has it, or the reader has dialled it.
 */
function safeExtension(call: Told, person: Person | undefined): string | null {
  const extension = extensionOf(call);
  if (extension === null || person || call.direction === 'outgoing') return extension;
  return /^\d+$/.test(extension) ? extension : null;
}
