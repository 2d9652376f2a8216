import {
  type ConnectionAccess,
  type ContactsConnector,
  type RemoteFields,
} from '../../src/integrations/contacts-connector.js';

/** A stand-in of a provider, as the contract suite needs it. Each provider has one (exchange-harness.ts). */
export interface ProviderHarness {
  readonly connector: ContactsConnector;
  readonly traits: {
    /** A contact keeps its id when it is moved. */
    moveKeepsId: boolean;
    /** A move names the revision it is based on, and is refused when there is a newer one. */
    folders: 'nested' | 'flat';
    /** The provider has something to throw its contacts into, as folders too. */
    folderBin: boolean;
    /** Lists of contacts name things that are none, too. */
    listsOthers: boolean;
    /** Contacts the provider gives in one page at most. */
    pageSize: number;
    /** What there is not at this provider: nothing of it is asked. */
    lacks?: readonly ('private contacts' | 'folder rights' | 'own sockets')[];
  };
  /** A mailbox of its own on a server of its own, with nothing in it. */
  start(options?: StartOptions): Promise<RemoteMailbox>;
}

export interface StartOptions {
  /** Contacts of a page at most, less than the provider's own. */
  pageSize?: number;
  /** Cursors of at least so many characters. */
  cursorCharacters?: number;
}

/** What can be made to happen at the provider. */
export type Trouble =
  | 'throttled'
  | 'busy'
  | 'bad-gateway'
  | 'unavailable'
  | 'gateway-timeout'
  | 'cut'
  | 'truncated'
  | 'sign-in-page'
  | 'redirect'
  | 'not-found'
  | 'forbidden'
  | 'entity-bomb'
  | 'huge'
  | 'hang'
  /** Done, and the answer lost. */
  | 'done-unheard'
  /** Neither done nor answered. */
  | 'lost'
  | 'quota'
  | 'refused';

/** Calls of the connector, in the words of the contract. */
export type Call = 'folders' | 'list' | 'read' | 'create' | 'find' | 'update' | 'move' | 'remove';

export interface TroubleOptions {
  on?: Call;
  /** Lets so many calls through first. */
  skip?: number;
  times?: number;
  /** Of `throttled`. */
  waitMs?: number;
}

/** One mailbox, with what its owner does to it by other programs. */
export interface RemoteMailbox {
  /** As a connection would have it; `secret` stands in for the right one. */
  access(options?: { signal?: AbortSignal; secret?: 'right' | 'old' }): ConnectionAccess;
  /** Where contacts go unless told. */
  readonly defaultFolder: string;
  readonly binFolder: string | null;

  addFolder(name: string, parentId?: string): string;
  addHiddenFolder(name: string): string;
  renameFolder(id: string, name: string): void;
  moveFolder(id: string, parentId: string): void;
  /** As most programs do it: into the bin where there is one. */
  removeFolder(id: string): void;
  eraseFolder(id: string): void;
  /** Contents may be read and not be changed. */
  protectFolder(id: string): void;
  denyFolder(id: string): void;

  /** @returns its remote id */
  add(fields: Partial<RemoteFields>, folderId?: string): string;
  addPrivate(fields: Partial<RemoteFields>): string;
  edit(remoteId: string, fields: Partial<RemoteFields>): void;
  /** A new revision with nothing new in it. */
  touch(remoteId: string): void;
  /** @returns its remote id from now on */
  move(remoteId: string, folderId: string): string;
  /** @returns the copy's */
  copy(remoteId: string): string;
  remove(remoteId: string): void;
  erase(remoteId: string): void;
  /** Something in a folder of contacts that is none. */
  addOther(): void;
  /** Fills what Carnet does not show. */
  addUnknown(remoteId: string): void;
  /** What `addUnknown` filled, as it is now. */
  unknownOf(remoteId: string): unknown;
  /** All contacts outside the bin. */
  contacts(): { remoteId: string; folderId: string; fields: RemoteFields }[];

  expireCursors(): void;
  changePassword(): void;
  trouble(kind: Trouble, options?: TroubleOptions): { readonly happened: number };
  heal(): void;
  /** Runs `act` when this call comes in, before it is answered; once. */
  during(call: Call, act: () => void): void;
  /** The provider's machine is away. */
  stop(): Promise<void>;

  /** Calls so far, without those that only sign in. */
  calls(call?: Call): number;
  /** Wrong passwords it was shown. */
  refusedSignIns(): number;
  /** Calls of one mailbox that were in work at once, at most. */
  mostAtOnce(): number;
  openSockets(): number;
  close(): Promise<void>;
}
