import { Injectable } from '@nestjs/common';
import { type Id } from '../database/id.js';
import { type Words } from '../web/words.js';

/** One part of a person's page for administrators, in the reader's words. */
export interface PersonSection {
  /** Id of the part, and of the links to it. */
  anchor: string;
  title: string;
  /** One sentence: how many there are, or that there is nothing. */
  text: string;
  /** The first few. */
  items: { name: string; note: string; badge?: { kind?: string; icon: string; text: string } }[];
  /** The page that has them all. */
  more: { href: string; label: string }[];
}

/** @returns null where there is nothing to say of this person */
export type PersonSectionSource = (
  words: Words,
  person: { accountId: Id; id: Id },
) => Promise<PersonSection | null>;

/** What features have to tell administrators of one person: they offer it in `onModuleInit`. */
@Injectable()
export class PersonSections {
  private readonly sources: PersonSectionSource[] = [];

  offer(source: PersonSectionSource): void {
    this.sources.push(source);
  }

  async of(words: Words, person: { accountId: Id; id: Id }): Promise<PersonSection[]> {
    const sections = await Promise.all(this.sources.map((source) => source(words, person)));
    return sections.filter((section) => section !== null);
  }
}
