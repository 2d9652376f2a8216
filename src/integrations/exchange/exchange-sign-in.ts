import { Injectable } from '@nestjs/common';
import { type ExchangeDetails } from './exchange-details.js';
import { type ExchangeVersion } from './versions.js';

export interface ExchangeForm {
  username: string;
  password: string;
  version: ExchangeVersion;
  /** As pasted: a host, an address of OWA, or the whole address. */
  ewsUrl: string;
}

/** A mailbox somebody could sign in to: what `connections.connect` is given. */
export interface ExchangeMailbox {
  mailboxId: string;
  accountName: string;
  details: ExchangeDetails;
  /** To be sealed. */
  secret: string;
  /** `Exchange 2016`, as the server says; it may be older than what was chosen (`details.version` is what works). */
  serverVersion: string;
}

export type ExchangeField = 'username' | 'password' | 'version' | 'ewsUrl';

/** Why a mailbox cannot be connected, at the field that is to be corrected. */
export type ExchangeRefusalKey =
  // ewsUrl
  | 'address-missing'
  | 'address-unreadable'
  | 'address-office365'
  | 'address-https'
  | 'address-port'
  | 'address-user-part'
  | 'not-reachable'
  | 'certificate'
  /** values.host: where the server sends us; that address is to be typed, it is never followed. */
  | 'redirect'
  | 'not-ews'
  | 'busy'
  /** It takes passwords in clear only, and not over https. */
  | 'basic-needs-https'
  /** It offers neither NTLM nor Basic. */
  | 'sign-in-methods'
  // username
  | 'login-missing'
  /** Refused, and the name carries no domain: the two other forms are to be tried. */
  | 'login-form'
  | 'no-mailbox'
  | 'account-disabled'
  /** Exchange Web Services are switched off for this person or for programs like ours. */
  | 'not-allowed'
  // password
  | 'password-missing'
  | 'password-refused'
  | 'password-expired'
  // version
  | 'too-old';

export class ExchangeRefusal extends Error {
  constructor(
    readonly field: ExchangeField,
    readonly key: ExchangeRefusalKey,
    readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(`${field}: ${key}`);
    this.name = 'ExchangeRefusal';
  }
}

/** Finds out whether a mailbox can be signed in to, before anything of it is kept. */
@Injectable()
export class ExchangeSignIn {
  /**
   * Asks the server once with this password. What is typed may be spoken of, the password never.
   * @throws ExchangeRefusal
   */
  try(_form: ExchangeForm, _signal?: AbortSignal): Promise<ExchangeMailbox> {
    throw new Error('Not yet');
  }

  /**
   * The address that the domain of an e-mail address names for it (Autodiscover); null when none is found.
   * @param username where it is not the address
   * @throws ExchangeRefusal when the password is refused, or the domain is at Office 365
   */
  propose(
    _email: string,
    _username: string | null,
    _password: string,
    _signal?: AbortSignal,
  ): Promise<{ ewsUrl: string } | null> {
    throw new Error('Not yet');
  }
}
