import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContactRecords, contactRecordOf, type ContactRecordRow } from '../../accounts/contact-records.js';
import { type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { type Condition } from '../../web/list-search.js';
import { contactPhotoUrl } from '../contact-photos.js';

interface PersonalRow extends ContactRecordRow {
  photoHash: string | null;
}

/** Contacts the reader keeps. */
@Injectable()
export class PersonalRecords extends ContactRecords<PersonalRow> {
  readonly kind = 'personal';
  protected readonly table = 'personal_contacts';
  protected readonly columns = 'c.photoHash';

  constructor(database: DataSource) {
    super(database);
  }

  isOn({ features }: Reader): boolean {
    return features['personal-contacts'];
  }

  protected living({ id }: Reader): Condition {
    return { sql: 'c.ownerId = ? AND c.deletedAt IS NULL', values: [id] };
  }

  protected recordOf(row: PersonalRow): PersonRecord {
    return {
      ...contactRecordOf(row),
      ...{ kind: this.kind, photoUrl: contactPhotoUrl(row) || null, href: `/personal-contacts/${row.id}` },
    };
  }
}
