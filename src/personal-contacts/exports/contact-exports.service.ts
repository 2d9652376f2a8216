import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { jpegOf } from '../../accounts/photo-encoding.js';
import { contactVcard, type ExportedContact } from '../../contact-card/contact-vcard.js';
import { type VcardVersion } from '../../contact-card/vcard.js';
import { type Id } from '../../database/id.js';
import { contactPhotos } from '../contact-photos.js';
import { storedContacts } from '../contact-writes.js';
import { groupsByName } from '../group-writes.js';
import { ContactList } from '../list/contact-list.query.js';
import { type ContactFilters, type ContactListState } from '../list/contact-list.state.js';

/** Contacts of one query: with photos of 64 kB each, no more than a few MB are held. */
const BATCH = 50;

const UNINTERRUPTED = 10;

/** What a file is made of: the list as its page shows it, or all of it. */
export type Exported = ContactFilters & Pick<ContactListState, 'sort'>;

/** One's contacts for files, in batches and in the order of the list. */
@Injectable()
export class ContactExports {
  constructor(
    private readonly database: DataSource,
    private readonly list: ContactList,
  ) {}

  count(ownerId: Id, filters: ContactFilters): Promise<number> {
    return this.list.count(ownerId, filters);
  }

  async *contacts(
    ownerId: Id,
    { sort, ...filters }: Exported,
    { photos = false }: { photos?: boolean } = {},
  ): AsyncGenerator<ExportedContact, void> {
    const ids = await this.list.matching(this.database.manager, ownerId, filters, sort);
    const names = new Map(
      [...(await groupsByName(this.database, ownerId)).values()].map(({ id, name }) => [id, name]),
    );
    for (let from = 0; from < ids.length; from += BATCH) {
      const some = ids.slice(from, from + BATCH);
      const stored = await storedContacts(this.database, ownerId, { ids: some });
      const hashes = [...stored.values()].flatMap(({ photoHash }) => photoHash ?? []);
      const pictures = photos
        ? await contactPhotos(this.database, ownerId, hashes)
        : new Map<string, Buffer>();
      for (const [place, id] of some.entries()) {
        const contact = stored.get(id);
        if (!contact) continue;
        // Pages come in between: writing fifty large cards takes a second.
        if (place % UNINTERRUPTED === 0) await setImmediate();
        const groups = contact.groupIds.flatMap((groupId) => names.get(groupId) ?? []);
        yield { ...contact, groups, photo: pictures.get(contact.photoHash ?? '') ?? null };
      }
    }
  }

  /** A file of vCards, a batch a piece. */
  async *vcards(ownerId: Id, exported: Exported, version: VcardVersion): AsyncGenerator<string, void> {
    let piece = '';
    for await (const contact of this.contacts(ownerId, exported, { photos: true })) {
      const photo = contact.photo && (await jpegOf(contact.photo));
      piece += contactVcard({ ...contact, photo }, version);
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    if (piece !== '') yield piece;
  }
}

const PIECE = 64 * 1024;
