import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type TokenScope } from '../web/access.js';
import { type ApiCaller } from '../web/api-caller.js';

/** Whose token a request carries. @throws when it carries none that has one of these scopes */
export type TokenCheck = (request: Request, scopes: readonly TokenScope[]) => Promise<ApiCaller>;

/** Who looks at tokens for the guard of all routes; while nobody does, no token opens anything. */
@Injectable()
export class TokenDoor {
  private check: TokenCheck | null = null;

  comeFrom(check: TokenCheck): void {
    this.check = check;
  }

  /** Whatever else the browser sent along, the request is the token's alone afterwards. */
  async open(request: Request, scopes: readonly TokenScope[]): Promise<void> {
    delete request.signedIn;
    if (!this.check) throw new Error('Nobody looks at tokens');
    request.apiCaller = await this.check(request, scopes);
  }
}
