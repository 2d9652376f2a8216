import { applyDecorators, SetMetadata } from '@nestjs/common';
import { type SignedIn } from './signed-in.js';

/**
 * Who may open a route. Deny by default: a route (or its controller) without one of these answers 500 and
 * fails the architecture test.
 */
export type Access = 'public' | 'member' | 'admin' | 'owner' | 'token';
export const ACCESS = 'carnet:access';

/** Anyone, signed in or not. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);
/** Any active user. */
export const Member = () => SetMetadata(ACCESS, 'member' satisfies Access);
/** Admins and owners of a company. */
export const Admin = () => SetMetadata(ACCESS, 'admin' satisfies Access);
export const Owner = () => SetMetadata(ACCESS, 'owner' satisfies Access);

/** What a token of an account may be made for. */
export const tokenScopes = ['calls:write', 'lookup:read'] as const;
export type TokenScope = (typeof tokenScopes)[number];
export const SCOPES = 'carnet:scopes';
/** Other programs, by a token of their account that has one of these scopes; nobody signed in. */
export const Token = (...scopes: readonly TokenScope[]) =>
  applyDecorators(SetMetadata(ACCESS, 'token' satisfies Access), SetMetadata(SCOPES, scopes));

export const FEATURE = 'carnet:feature';
/** Opens a route only while this feature is on for the reader; else a page says who can switch it on. */
export const NeedsFeature = (feature: keyof SignedIn['features']) => SetMetadata(FEATURE, feature);

export const NEEDS_NO_FORM_TOKEN = 'carnet:needs-no-form-token';
/**
 * The one route that takes a POST without a form of ours: what its address holds is the permission, and it checks the
 * form itself where there is one. A test fails on a second.
 */
export const NeedsNoFormToken = () => SetMetadata(NEEDS_NO_FORM_TOKEN, true);

export const RECEIVES_FILE = 'carnet:receives-file';
/** The route reads a multipart body itself (web/upload.ts), which checks the form token after the fields. */
export const ReceivesFile = () => SetMetadata(RECEIVES_FILE, true);
