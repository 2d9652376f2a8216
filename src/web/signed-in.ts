import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Id } from '../database/id.js';
import { type ReachPatterns } from './reach-pattern.js';

/** What is over this is not counted on: a page shows “99+”. */
export const MOST_COUNTED = 100;

/**
 * Who is asking: session, user and account as one indexed read brought them. Every service that reads or
 * writes for somebody starts from this.
 */
export interface SignedIn {
  id: Id;
  accountId: Id;
  account: {
    /** `personal` has one user and no pages for administrators. */
    kind: 'company' | 'personal';
    name: string;
    region: string;
    language: 'en' | 'fr';
    timeZone: string;
    restrictedGroups: number;
    /** What its administrators have chosen for calls, chats and meetings. */
    reach: ReachPatterns;
  };
  email: string;
  givenName: string;
  familyName: string;
  displayName: string;
  role: 'owner' | 'admin' | 'member';
  type: 'basic' | 'licensed';
  features: Record<'phone' | 'external-contacts' | 'integrations' | 'personal-contacts', boolean>;
  language: 'en' | 'fr' | null;
  theme: 'system' | 'light' | 'dark';
  timeZone: string | null;
  shortcuts: boolean;
  photoHash: string | null;
  /** Is in at least one restricted chat group: finds who shares one, beside all who are in none. */
  restricted: boolean;
  /** What modules count for every page (auth/session-counts.ts), each up to 100; by name. */
  counts: Readonly<Record<string, number>>;
  /** SHA-256 (hex) of this browser's session id: forms are bound to it. */
  sessionHash: string;
  sessionPublicId: Id;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by auth for a live session of an active user. */
    signedIn?: SignedIn;
  }
}

/** The signed-in user of this request; only on routes marked `@Member()`, `@Admin()` or `@Owner()`. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn => {
  const { signedIn } = context.switchToHttp().getRequest<Request>();
  if (!signedIn) throw new Error('@CurrentUser() on a route that visitors may open');
  return signedIn;
});
