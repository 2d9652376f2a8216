import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type E164 } from '../phone/e164.js';
import { Announcement } from './events.js';
import { type NumberField } from './further-reach.js';
import { type Provider } from './settings.js';
import { type SignedIn } from '../web/signed-in.js';

/**
 * Where somebody may be kept, in the order in which what they say is believed: what people say of themselves comes before
 * what one keeps of them.
 */
export const recordKinds = ['colleague', 'external', 'cloud', 'personal'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** One entry of somebody in one place: a user's id, or that of the reader's own contact. */
export interface RecordRef {
  kind: RecordKind;
  id: Id;
}

/** Who reads: a session, or the user a token asks for. */
export type Reader = Pick<SignedIn, 'id' | 'accountId' | 'account' | 'restricted' | 'features'>;

/** What one place knows of somebody, as far as the reader may see it at this moment. */
export interface PersonRecord extends RecordRef {
  name: string;
  /** As `sortKeyOf` gives it; names are compared by it. */
  sortKey: string;
  /** Folded words and digits of what the reader sees (src/text/fold.ts). */
  searchKey: string;
  /** Normalised. */
  email: string | null;
  /** Further addresses, of one's own contacts alone; normalised. */
  furtherEmails?: readonly string[];
  /** The address is one this very person signs in with; else it is what somebody typed. */
  verified: boolean;
  /** In the order in which they are called; a fax last. */
  numbers: { field: NumberField; number: E164 }[];
  extension: string | null;
  /** Company; of a colleague null, whose company is the reader's. */
  organization: string | null;
  jobTitle: string | null;
  department: string | null;
  photoUrl: string | null;
  /** Of a cloud contact, whose mailbox it is in. */
  provider?: Provider;
  starred: boolean;
  /** Page of the entry. */
  href: string;
}

/**
 * A place people are kept. Each method answers for this reader alone, of living entries, in three queries at most (of
 * external contacts: as many as their list takes), and never with more than `limit` or `RECORDS` of them.
 */
export interface RecordSource {
  readonly kind: RecordKind;
  /** False while a feature is off for the reader, and in an account that has none of these: it is not asked then. */
  isOn(reader: Reader): boolean;
  /** Who has every folded word or the digits of `q` in what is seen of them; best first as far as an index allows. */
  search(reader: Reader, q: string, limit: number): Promise<PersonRecord[]>;
  /** Whose number it is: exactly one of these. */
  byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]>;
  /** Of the reader's own company alone: in others an extension is somebody else's. */
  byExtensions?(reader: Reader, extensions: readonly string[]): Promise<PersonRecord[]>;
  /** @param addresses normalised */
  byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]>;
  /** @param sortKeys whole ones */
  bySortKeys(reader: Reader, sortKeys: readonly string[]): Promise<PersonRecord[]>;
  byIds(reader: Reader, ids: readonly Id[]): Promise<PersonRecord[]>;
  /** Those the reader has starred, by name. */
  starred(reader: Reader, limit: number): Promise<PersonRecord[]>;
}

/** The most a source gives where no limit is said. */
export const RECORDS = 200;

/** Entries went on as others of the same place: merged, or moved to another mailbox. */
export interface RecordsJoined {
  manager: EntityManager;
  owner: { id: Id; accountId: Id };
  /** The act, by which it is undone. */
  batchId: Id;
  kind: RecordKind;
  /** By the entry that is no more, which it is now. */
  into: ReadonlyMap<Id, Id>;
}

/** An act on entries was undone, an undo too. */
export interface RecordsUndone {
  manager: EntityManager;
  owner: { id: Id; accountId: Id };
  undone: Id;
  /** The undo itself. */
  batchId: Id;
}

/** All places people are kept in: each feature offers its own in `onModuleInit`. */
@Injectable()
export class PersonRecords {
  /** Told inside the transaction of the act; whoever says something of entries lets it go on with them. */
  readonly joined = new Announcement<RecordsJoined>();
  readonly undone = new Announcement<RecordsUndone>();
  private readonly sources = new Map<RecordKind, RecordSource>();

  offer(source: RecordSource): void {
    this.sources.set(source.kind, source);
  }

  /** Of all places that are on for the reader, in the order of `recordKinds`. */
  async ask(
    reader: Reader,
    question: (source: RecordSource) => Promise<PersonRecord[]>,
  ): Promise<PersonRecord[]> {
    const sources = recordKinds.flatMap((kind) => this.sources.get(kind) ?? []);
    const asked = sources.filter((source) => source.isOn(reader));
    return (await Promise.all(asked.map(question))).flat();
  }

  byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]> {
    return numbers.length === 0
      ? Promise.resolve([])
      : this.ask(reader, (source) => source.byNumbers(reader, numbers));
  }

  byExtensions(reader: Reader, extensions: readonly string[]): Promise<PersonRecord[]> {
    return extensions.length === 0
      ? Promise.resolve([])
      : this.ask(reader, (source) => source.byExtensions?.(reader, extensions) ?? Promise.resolve([]));
  }

  byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]> {
    return addresses.length === 0
      ? Promise.resolve([])
      : this.ask(reader, (source) => source.byAddresses(reader, addresses));
  }

  bySortKeys(reader: Reader, sortKeys: readonly string[]): Promise<PersonRecord[]> {
    return sortKeys.length === 0
      ? Promise.resolve([])
      : this.ask(reader, (source) => source.bySortKeys(reader, sortKeys));
  }

  byRefs(reader: Reader, refs: readonly RecordRef[]): Promise<PersonRecord[]> {
    return this.ask(reader, async (source) => {
      const ids = refs.flatMap(({ kind, id }) => (kind === source.kind ? id : []));
      return ids.length === 0 ? [] : source.byIds(reader, ids);
    });
  }
}

/** All addresses somebody has there, the first one first. */
export function addressesOf({ email, furtherEmails = [] }: PersonRecord): readonly string[] {
  return email === null ? furtherEmails : [email, ...furtherEmails];
}
