import { Injectable } from '@nestjs/common';
import { type SignedIn } from '../../web/signed-in.js';

/** @returns of these normalised addresses, those of colleagues the viewer finds in the directory */
export type ColleagueSource = (viewer: SignedIn, addresses: readonly string[]) => Promise<Set<string>>;

/** Who is in the viewer's own directory: the directory knows, and stands above this module. */
@Injectable()
export class Colleagues {
  private source: ColleagueSource = () => Promise.resolve(new Set());

  /** Once, by the module that decides who finds whom. */
  comeFrom(source: ColleagueSource): void {
    this.source = source;
  }

  among(viewer: SignedIn, addresses: readonly string[]): Promise<Set<string>> {
    return this.source(viewer, addresses);
  }
}
