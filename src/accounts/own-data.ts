import { Injectable } from '@nestjs/common';
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

  offer(file: OwnFile): void {
    this.files.push(file);
  }
}
