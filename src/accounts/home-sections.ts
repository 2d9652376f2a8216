import { Injectable } from '@nestjs/common';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** One line of a part of the home page. */
export interface HomeItem {
  name: string;
  href: string;
  /** Second line: when, who, why. */
  note: string;
  /** Of a person. */
  avatar?: { initials: string; colour: number; photoUrl?: string | null };
  /** In place of an avatar. */
  icon?: string;
  badge?: { kind?: string; icon: string; text: string };
}

/** A part of the home page, in the reader's words. */
export interface HomeSection {
  /** Id of the part. */
  anchor: string;
  title: string;
  /** What is said where there are no items. */
  empty: string;
  /** At most eight. */
  items: HomeItem[];
  /** The page that has them all. */
  more: { href: string; label: string } | null;
}

/** @returns null where the feature is off for the reader, or there is nothing worth a part of its own */
export type HomeSectionSource = (words: Words, reader: SignedIn) => Promise<HomeSection | null>;

/** In the order in which the page shows them. */
export const homeSlots = ['problems', 'starred', 'calls', 'meetings', 'requests'] as const;
export type HomeSlot = (typeof homeSlots)[number];

/** What features show on the home page: they offer it in `onModuleInit`. */
@Injectable()
export class HomeSections {
  private readonly sources = new Map<HomeSlot, HomeSectionSource>();

  offer(slot: HomeSlot, source: HomeSectionSource): void {
    this.sources.set(slot, source);
  }

  /** All that have something to say, asked at once. */
  async of(words: Words, reader: SignedIn): Promise<HomeSection[]> {
    const sections = await Promise.all(
      homeSlots.flatMap((slot) => this.sources.get(slot)?.(words, reader) ?? []),
    );
    return sections.filter((section) => section !== null);
  }
}
