import { Injectable } from '@nestjs/common';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { type RecordRef } from './person-records.js';

/** What the page of one entry says of the others the same person has, in the reader's words. */
export interface PersonLine {
  /** Where else they are kept, and who may be the same person; '' where there is neither. */
  text: string;
  /** The card that has all of it. */
  href: string;
  label: string;
  /** The reader's calls with them; null without numbers, or without calls. */
  calls: { href: string; label: string } | null;
}

export type PersonLineSource = (words: Words, reader: SignedIn, ref: RecordRef) => Promise<PersonLine | null>;

/** Whose entry it is besides: a module above knows, and the pages of entries ask here. */
@Injectable()
export class PersonLines {
  private source: PersonLineSource = () => Promise.resolve(null);

  comeFrom(source: PersonLineSource): void {
    this.source = source;
  }

  of(words: Words, reader: SignedIn, ref: RecordRef): Promise<PersonLine | null> {
    return this.source(words, reader, ref);
  }
}
