import { Injectable, Logger } from '@nestjs/common';
import { isConnectionLoss } from '../database/transaction.js';
import { type ReachLink } from '../web/reach.js';
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
  /** Ways to a person, as `reachOf` gives them. */
  reach?: ReachLink[];
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
  /** The pages that have them all. */
  more: { href: string; label: string }[];
}

/** @returns null where the feature is off for the reader, or there is nothing worth a part of its own */
export type HomeSectionSource = (words: Words, reader: SignedIn) => Promise<HomeSection | null>;

/** In the order in which the page shows them. */
const homeSlots = ['problems', 'starred', 'calls', 'meetings', 'requests', 'company'] as const;
export type HomeSlot = (typeof homeSlots)[number];

/** A part as it came, or the word that it could not be read. */
export type HomePart = { slot: HomeSlot; section: HomeSection } | { slot: HomeSlot; section: null };

/** Something worth doing for whoever is new here. */
export interface HomeStep {
  icon: string;
  title: string;
  text: string;
  href: string;
  label: string;
}

/** @returns null where it is done, or not for this reader */
export type HomeStepSource = (words: Words, reader: SignedIn) => Promise<HomeStep | null>;

/** In the order in which they are worth doing. */
const homeSteps = ['profile', 'colleagues', 'contacts', 'mailbox', 'external'] as const;
export type HomeStepName = (typeof homeSteps)[number];

/** What features show on the home page: they offer it in `onModuleInit`. */
@Injectable()
export class HomeSections {
  private readonly logger = new Logger('Home');
  private readonly sources = new Map<HomeSlot, HomeSectionSource>();
  private readonly steps = new Map<HomeStepName, HomeStepSource>();

  offer(slot: HomeSlot, source: HomeSectionSource): void {
    this.sources.set(slot, source);
  }

  suggest(name: HomeStepName, source: HomeStepSource): void {
    this.steps.set(name, source);
  }

  /**
   * All that have something to say, asked at once. One that fails is logged and named, and takes no other part of the page
   * with it; without a database there is no page.
   */
  async of(words: Words, reader: SignedIn): Promise<HomePart[]> {
    const parts = await Promise.all(
      homeSlots.map(async (slot): Promise<HomePart[]> => {
        try {
          const section = await this.sources.get(slot)?.(words, reader);
          return section ? [{ slot, section }] : [];
        } catch (error) {
          if (isConnectionLoss(error)) throw error;
          this.logger.error(error);
          return [{ slot, section: null }];
        }
      }),
    );
    return parts.flat();
  }

  /** What the reader has not done yet. Asked only for whoever has nothing to look at. */
  async stepsFor(words: Words, reader: SignedIn): Promise<HomeStep[]> {
    const steps = await Promise.all(homeSteps.map(async (name) => this.steps.get(name)?.(words, reader)));
    return steps.flatMap((step) => step ?? []);
  }
}
