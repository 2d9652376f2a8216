import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  HomeSections,
  type HomeItem,
  type HomeSection,
  type HomeStep,
} from '../../accounts/home-sections.js';
import {
  PersonRecords,
  recordKinds,
  type PersonRecord,
  type RecordKind,
} from '../../accounts/person-records.js';
import { fold } from '../../text/fold.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { reachOf } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { reachableAs, type Person } from '../people/person.js';
import { Persons } from '../people/persons.service.js';

/** Lines of the part. */
const MOST = 8;

/** Shows on the home page whom one has starred, wherever they are kept, and newcomers what to do first. */
@Injectable()
export class StarredOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly records: PersonRecords,
    private readonly persons: Persons,
  ) {}

  onModuleInit(): void {
    this.sections.offer('starred', (words, reader) => this.section(words, reader));
    this.sections.suggest('profile', (words, reader) => Promise.resolve(profileStep(words, reader)));
    this.sections.suggest('colleagues', (words, reader) => Promise.resolve(colleaguesStep(words, reader)));
  }

  private async section(words: Words, reader: SignedIn): Promise<HomeSection> {
    const starred = await this.records.ask(reader, (source) => source.starred(reader, MOST));
    const people = await this.persons.group(reader, starred);
    return {
      ...{ anchor: 'starred', title: words.t('home.starred.title'), empty: words.t('home.starred.empty') },
      items: people
        .sort(byName)
        .slice(0, MOST)
        .map((person) => itemOf(words, reader, person)),
      more: moreOf(words, starred),
    };
  }
}

/** As names are read: colleagues are sorted by their family names in their own list, contacts as they were typed. */
function byName(one: Person, other: Person): number {
  const [mine, theirs] = [fold(one.name), fold(other.name)];
  if (mine === theirs) return one.href < other.href ? -1 : 1;
  return mine < theirs ? -1 : 1;
}

function itemOf(words: Words, reader: SignedIn, person: Person): HomeItem {
  const { name, organization, jobTitle, department, photoUrl, records, href } = person;
  return {
    ...{ name, href, note: [jobTitle, organization ?? department].filter(Boolean).join(' · ') },
    avatar: { initials: initialsIn(name), colour: colourOf(records[0].id), photoUrl },
    reach: reachOf(words, reader, reachableAs(person)).links,
  };
}

const lists: Record<RecordKind, string> = {
  colleague: '/contacts',
  external: '/external-contacts',
  cloud: '/cloud-contacts',
  personal: '/personal-contacts',
};

/** Each source has a list of its own: those in which somebody is starred. */
function moreOf(words: Words, records: readonly PersonRecord[]): HomeSection['more'] {
  return recordKinds
    .filter((kind) => records.some((record) => record.kind === kind))
    .map((kind) => ({ href: `${lists[kind]}?starred=1`, label: words.t(`home.starred.more-${kind}`) }));
}

/** Colleagues know one by one's photo. */
function profileStep(words: Words, { photoHash, account }: SignedIn): HomeStep | null {
  if (photoHash !== null) return null;
  return {
    ...{ icon: 'id-card', title: words.t('home.step.profile') },
    text: words.t(`home.step.profile-text-${account.kind}`),
    ...{ href: '/profile', label: words.t('home.step.profile-link') },
  };
}

function colleaguesStep(words: Words, { account }: SignedIn): HomeStep | null {
  if (account.kind === 'personal') return null;
  return {
    ...{ icon: 'contacts', title: words.t('home.step.colleagues') },
    text: words.t('home.step.colleagues-text', { company: account.name }),
    ...{ href: '/contacts', label: words.t('home.step.colleagues-link') },
  };
}
