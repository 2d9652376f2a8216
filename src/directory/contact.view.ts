import { type E164 } from '../phone/e164.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { listAddress } from './contact-list.view.js';
import { mailtoOf, phoneText } from './link-texts.js';
import { type Person } from './people-visible.query.js';

interface Item {
  label: string;
  value: string;
  href?: string;
  copy?: string;
  note?: string;
}

/** `/contacts/:id` as its template needs it. */
export function contactView(person: Person, viewer: SignedIn, words: Words) {
  const { id, givenName, familyName, email, jobTitle, department, photoHash } = person;
  const name = `${givenName} ${familyName}`.trim();
  const canCall = viewer.features.phone;
  const phone = person.workPhone ?? person.mobilePhone;
  return {
    name,
    you: id === viewer.id,
    line: [jobTitle, department].filter(Boolean).join(' · '),
    avatar: {
      initials: initialsOf(givenName, familyName),
      colour: colourOf(id),
      photoUrl: photoHash ? `/photos/${photoHash}` : '',
      size: 'large',
    },
    mailto: mailtoOf(email),
    tel: canCall && phone ? `tel:${phone}` : '',
    cardUrl: `/contacts/${id}/card.vcf`,
    qr: {
      src: `/contacts/${id}/qr.svg`,
      alt: words.t('contacts.qr.alt', { name }),
      caption: words.t('contacts.qr.caption'),
    },
    reach: reachItems(person, canCall, words),
    // Others see why there is nothing to click; who has no number needs no reason.
    callHint: !canCall && phone ? words.t(callHintKey(viewer)) : '',
    work: workItems(person, words),
    groups: person.groups.map((group) => ({ name: group.name, href: listAddress({ group: group.id }) })),
  };
}

function reachItems(person: Person, canCall: boolean, words: Words): Item[] {
  const { email, workPhone, mobilePhone, extension } = person;
  const phone = (labelKey: string, number: string): Item => ({
    label: words.t(labelKey),
    value: phoneText(number as E164),
    copy: number,
    ...(canCall ? { href: `tel:${number}` } : {}),
  });
  return [
    { label: words.t('contacts.email'), value: email, href: mailtoOf(email), copy: email },
    ...(workPhone ? [phone('contacts.work-phone', workPhone)] : []),
    ...(mobilePhone ? [phone('contacts.mobile-phone', mobilePhone)] : []),
    ...(extension ? [{ label: words.t('contacts.extension'), value: extension, copy: extension }] : []),
  ];
}

function callHintKey({ type }: SignedIn): string {
  return type === 'licensed' ? 'contacts.call-off' : 'contacts.call-unlicensed';
}

function workItems({ jobTitle, department, location, manager }: Person, words: Words): Item[] {
  const items: (Item | null)[] = [
    jobTitle ? { label: words.t('contacts.job-title'), value: jobTitle } : null,
    department
      ? { label: words.t('contacts.department'), value: department, href: listAddress({ department }) }
      : null,
    location
      ? { label: words.t('contacts.location'), value: location, href: listAddress({ location }) }
      : null,
    manager
      ? {
          label: words.t('contacts.manager'),
          value: `${manager.givenName} ${manager.familyName}`.trim(),
          href: `/contacts/${manager.id}`,
        }
      : null,
  ];
  return items.filter((item) => item !== null);
}
