import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContactRecords, contactRecordOf, type ContactRecordRow } from '../../../accounts/contact-records.js';
import { type PersonRecord, type Reader } from '../../../accounts/person-records.js';
import { type Provider } from '../../../accounts/settings.js';
import { normaliseAddress } from '../../../text/address.js';
import { type Condition } from '../../../web/list-search.js';

interface CloudRow extends ContactRecordRow {
  provider: Provider;
}

/** Contacts of the reader’s mailboxes, but for connections that ended. */
@Injectable()
export class CloudRecords extends ContactRecords<CloudRow> {
  readonly kind = 'cloud';
  protected readonly table = 'cloud_contacts';
  protected readonly columns =
    '(SELECT m.provider FROM connections m WHERE m.id = c.connectionId) AS provider';

  constructor(database: DataSource) {
    super(database);
  }

  isOn({ features }: Reader): boolean {
    return features.integrations;
  }

  protected living({ id }: Reader): Condition {
    return {
      sql: `c.ownerId = ? AND c.deletedAt IS NULL
          AND c.connectionId IN (SELECT m.id FROM connections m WHERE m.userId = ? AND m.state <> 'ended')`,
      values: [id, id],
    };
  }

  protected recordOf(row: CloudRow): PersonRecord {
    const { id, email, provider } = row;
    return {
      ...contactRecordOf(row),
      // A provider may have something else there.
      email: email === null ? null : normaliseAddress(email),
      ...{ kind: this.kind, provider, photoUrl: null, href: `/cloud-contacts/${id}` },
    };
  }
}
