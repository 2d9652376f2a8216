import { type HomePart, type HomeSlot, type HomeStep } from '../../accounts/home-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';

interface Read {
  parts: readonly HomePart[];
  /** What there is to do for whoever has nothing to look at. */
  steps: readonly HomeStep[];
  now: Date;
}

/** What makes a home page one's own; a request or an administrator's duty alone does not. */
const own: readonly HomeSlot[] = ['starred', 'calls', 'meetings'];

/** Nothing of one's own is there to be shown; what could not be read may be. */
export function isQuiet(parts: readonly HomePart[]): boolean {
  return parts.every(
    ({ slot, section }) => !own.includes(slot) || (section !== null && section.items.length === 0),
  );
}

/** `/` as its template needs it. */
export function homeView(words: Words, reader: SignedIn, { parts, steps, now }: Read) {
  // Of an account of one's own there may be no name but the address.
  const name = reader.givenName || reader.displayName;
  const day = words.weekday(now);
  return {
    title: words.t('home.title'),
    hello: words.t('home.hello', { name }),
    day: day.charAt(0).toLocaleUpperCase() + day.slice(1),
    // Sentences that say that there is nothing are no help on a first day.
    parts: parts
      .filter(({ section }) => steps.length === 0 || section === null || section.items.length > 0)
      .map((part) => partOf(words, part)),
    begin:
      steps.length === 0 ? null : { title: words.t('home.begin'), text: words.t('home.begin-text'), steps },
    nothing:
      parts.length === 0 && steps.length === 0
        ? {
            ...{ icon: 'check-circle', title: words.t('home.nothing'), text: words.t('home.nothing-text') },
            ...(reader.account.kind === 'company'
              ? { href: '/contacts', label: words.t('home.to-contacts') }
              : { href: '/profile', label: words.t('home.to-profile') }),
          }
        : null,
  };
}

function partOf(words: Words, { slot, section }: HomePart) {
  return section === null
    ? { anchor: slot, title: words.t(`home.${slot}.title`), failed: words.t('home.failed') }
    : section;
}
