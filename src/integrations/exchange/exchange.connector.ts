import { Injectable } from '@nestjs/common';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type ContactsSession,
} from '../contacts-connector.js';

/** Mailboxes of Exchange servers of one's own, through Exchange Web Services. */
@Injectable()
export class ExchangeConnector implements ContactsConnector {
  readonly provider = 'exchange' as const;
  readonly scope = 'folder' as const;
  readonly severalFolders = false;

  open(_access: ConnectionAccess): ContactsSession {
    throw new Error('Not yet');
  }
}
