import { type Id } from '../database/id.js';

/** Who does something: a `SignedIn` is one, and so is the operator's command line. */
export interface Actor {
  /** null: the operator, or a worker. */
  id: Id | null;
  accountId: Id;
  displayName: string;
  role: 'owner' | 'admin' | 'member';
}

/** From where: what the audit log says of the request. */
export interface ActFacts {
  requestId: string | null;
  address: string | null;
}

export const noFacts: ActFacts = { requestId: null, address: null };

/** The operator of the installation, who may do in an account what its owner may. */
export function operator(accountId: Id): Actor {
  return { id: null, accountId, displayName: 'carnet', role: 'owner' };
}
