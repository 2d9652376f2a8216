import { Injectable } from '@nestjs/common';
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

  /** Kinds all admins of an account share. */
  get shared(): string[] {
    return [...this.kinds.values()].filter(({ sharedByAdmins }) => sharedByAdmins).map(({ kind }) => kind);
  }
}
