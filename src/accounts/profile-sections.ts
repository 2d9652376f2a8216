import { Injectable } from '@nestjs/common';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** A part of the profile that a feature knows, in the reader's words. */
export interface ProfileSection {
  /** Id of the part, and of the links to it. */
  anchor: string;
  title: string;
  text: string;
  /** For partial `definition-list`. */
  items: { label: string; note?: string; badge: { kind?: string; icon: string; text: string } }[];
  links: { href: string; label: string }[];
}

/** @returns null where the feature is off for the reader */
export type ProfileSectionSource = (words: Words, reader: SignedIn) => Promise<ProfileSection | null>;

/** What features show on the profile: they offer it in `onModuleInit`. */
@Injectable()
export class ProfileSections {
  private readonly sources: ProfileSectionSource[] = [];

  offer(source: ProfileSectionSource): void {
    this.sources.push(source);
  }

  async of(words: Words, reader: SignedIn): Promise<ProfileSection[]> {
    const sections = await Promise.all(this.sources.map((source) => source(words, reader)));
    return sections.filter((section) => section !== null);
  }
}
