import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OwnData } from '../../accounts/own-data.js';
import { type ExternalBlock } from '../external-contact.entity.js';
import { type ReceivedRequest, type SentRequest } from '../external-request.entities.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { KeptContacts, type Kept, type KeptContact } from '../list/kept-contacts.query.js';
import { type Owner } from '../contact-act.js';

/** Below `/external-contacts`. */
export const OWN_DATA = 'my-data.json';

/** What somebody keeps of people of other companies, for themselves (GDPR, article 20): nothing they could not see on their pages. */
@Injectable()
export class OwnExternalData implements OnModuleInit {
  constructor(
    private readonly own: OwnData,
    private readonly database: DataSource,
    private readonly kept: KeptContacts,
  ) {}

  onModuleInit(): void {
    this.own.offer({
      labelKey: 'own-data.external-contacts',
      textKey: 'own-data.external-contacts-text',
      href: `${EXTERNAL}/${OWN_DATA}`,
      feature: 'external-contacts',
    });
  }

  async of({ id }: Owner): Promise<object> {
    const [kept, sent, received, blocked] = await Promise.all([
      this.kept.all(id),
      this.database.query<Partial<SentRequest>[]>(
        `SELECT toAddress, message, ${stateNow} AS state, sentAt, lastSentAt, timesSent, expiresAt, answeredAt
         FROM external_requests_sent WHERE senderId = ? ORDER BY id`,
        [id],
      ),
      this.database.query<Partial<ReceivedRequest>[]>(
        `SELECT senderName, senderAddress, senderCompany, message, ${stateNow} AS state, receivedAt, expiresAt,
                answeredAt
         FROM external_requests_received WHERE receiverId = ? ORDER BY id`,
        [id],
      ),
      this.database.query<Partial<ExternalBlock>[]>(
        'SELECT name, address, createdAt FROM external_blocks WHERE ownerId = ? ORDER BY id',
        [id],
      ),
    ]);
    return {
      exportedAt: new Date(),
      contacts: kept.contacts.map((contact) => told(kept, contact)),
      formerContacts: kept.former.map((contact) => told(kept, contact)),
      folders: kept.folders.map(({ name }) => name),
      requestsSent: sent,
      requestsReceived: received,
      blocked,
    };
  }
}

const stateNow = `IF(state = 'waiting' AND expiresAt <= UTC_TIMESTAMP(3), 'expired', state)`;

function told({ folders }: Kept, { person, folderIds, ...contact }: KeptContact): object {
  const { name, company, email, jobTitle, department, location } = person;
  const { workPhone, extension, mobilePhone, standing } = person;
  const { starred, note, connectedAt, endedAt } = contact;
  return {
    ...{ name, company, email, jobTitle, department, location, workPhone, extension, mobilePhone, standing },
    ...{ starred, note, connectedAt, endedAt },
    folders: folders.filter(({ id }) => folderIds.includes(id)).map((folder) => folder.name),
  };
}
