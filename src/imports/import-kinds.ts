import { Injectable } from '@nestjs/common';
import { type Actor } from '../journal/actor.js';
import { type SignedIn } from '../web/signed-in.js';
import { type ImportDescription } from './import-kind.js';

/** Which imports there are: each feature registers its own in `onModuleInit`. */
@Injectable()
export class ImportKinds {
  private readonly kinds = new Map<string, ImportDescription>();

  register(description: ImportDescription): void {
    this.kinds.set(description.kind, description);
  }

  get(kind: string): ImportDescription {
    const description = this.kinds.get(kind);
    if (!description) throw new Error(`No import of kind ${kind}`);
    return description;
  }

  /** Kinds whose feature is off for this person; of the operator, who has none, nothing is. */
  closedTo(actor: Actor | SignedIn): string[] {
    if (!('features' in actor)) return [];
    return [...this.kinds.values()]
      .filter(({ feature }) => feature && !actor.features[feature])
      .map(({ kind }) => kind);
  }

  /** Kinds whose files tell of people of the account: for admins alone, shared by them or not. */
  get ofPeople(): string[] {
    return [...this.kinds.values()]
      .filter(({ sharedByAdmins, ofPeople }) => sharedByAdmins || ofPeople)
      .map(({ kind }) => kind);
  }

  /** Kinds all admins of an account share. */
  get shared(): string[] {
    return [...this.kinds.values()].filter(({ sharedByAdmins }) => sharedByAdmins).map(({ kind }) => kind);
  }
}
