import { Injectable } from '@nestjs/common';
import { type SignedIn } from '../web/signed-in.js';
import { type Feature } from './features.js';

/** A file of what somebody keeps in a feature. */
export interface OwnFile {
  /** Catalogue keys. */
  labelKey: string;
  textKey: string;
  href: string;
  /** Its address is closed while this is off. */
  feature: Feature;
}

/** What people may take along beside their own entry: features offer their files in `onModuleInit`. */
@Injectable()
export class OwnData {
  readonly files: OwnFile[] = [];

  private readonly told = new Map<string, (owner: SignedIn) => Promise<unknown>>();

  offer(file: OwnFile): void {
    this.files.push(file);
  }

  /** What is too little for a file of its own goes into the file of one's entry. @param name as the file has it */
  tell(name: string, read: (owner: SignedIn) => Promise<unknown>): void {
    this.told.set(name, read);
  }

  /** All that is told so, by name. */
  async of(owner: SignedIn): Promise<Record<string, unknown>> {
    const entries = await Promise.all(
      [...this.told].map(async ([name, read]) => [name, await read(owner)] as const),
    );
    return Object.fromEntries(entries);
  }
}
