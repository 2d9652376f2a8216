import { type TokenSource } from '../oauth/token-source.js';
import { NotTheService, ProviderBusy, type ProviderError } from '../provider-errors.js';
import { WebApiClient, type WebApiLimits } from '../web-api/web-api.client.js';
import { graphError, type GraphOperation } from './graph-errors.js';

export interface GraphCall {
  operation: GraphOperation;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version (`/me/contacts`), with its query; or a whole link of the service. */
  path: string;
  /** Beside the one for ids, in the same header. */
  prefer?: readonly string[];
  /** Only where the thing has this revision. */
  ifMatch?: string;
  body?: unknown;
}

/** One question of a batch. */
export type BatchPart = Pick<GraphCall, 'operation' | 'path' | 'prefer'>;

export type BatchAnswer = { ok: true; body: unknown } | { ok: false; status: number; error: ProviderError };

/** What one `$batch` takes. */
export const MOST_PARTS = 20;

/** Ids that stay when a thing is moved; asked for with every request, also with those inside a batch. */
const IMMUTABLE_IDS = 'IdType="ImmutableId"';

export interface GraphSettings {
  /** `https://graph.microsoft.com` */
  graphUrl: string;
  tokens: TokenSource;
  signal: AbortSignal;
  limits?: Partial<WebApiLimits>;
}

/** Microsoft Graph v1.0 for one mailbox: one call after another, so that never more than four are in work (NOTES §3). */
export class GraphClient {
  private readonly web: WebApiClient;
  private readonly origin: string;

  constructor({ graphUrl, tokens, signal, limits }: GraphSettings) {
    this.origin = new URL(graphUrl).origin;
    this.web = new WebApiClient({
      ...{ baseUrl: `${graphUrl}/v1.0`, tokens, signal, errors: graphError },
      ...(limits && { limits }),
    });
  }

  /** @throws as `WebApiClient.ask` */
  json<T>({ operation, method, path, prefer, ifMatch, body }: GraphCall): Promise<T> {
    const headers = {
      prefer: preferences(prefer),
      ...(ifMatch !== undefined && { 'if-match': `W/"${ifMatch}"` }),
    };
    return this.web.json<T>({ operation, path, headers, ...(method && { method }), body });
  }

  /** Questions of one `$batch`, each with an answer of its own. @param parts at most `MOST_PARTS` @returns in their order */
  async batch(parts: readonly BatchPart[]): Promise<BatchAnswer[]> {
    const requests = parts.map(({ path, prefer }, at) => ({
      ...{ id: String(at), method: 'GET', url: path, headers: { Prefer: preferences(prefer) } },
    }));
    const answer = await this.json<{ responses?: unknown }>({
      ...{ operation: '$batch', method: 'POST', path: '/$batch', body: { requests } },
    });
    const responses = Array.isArray(answer?.responses) ? (answer.responses as unknown[]) : [];
    // They come in any order.
    const byId = new Map(
      responses.map((response) => [String((response as PartAnswer | null)?.id), response]),
    );
    return parts.map(({ operation }, at) => this.partOf(operation, byId.get(String(at)) as PartAnswer));
  }

  /** A link of a delta query, as it may be kept and asked. @throws NotTheService for one that leads elsewhere */
  link(operation: GraphOperation, link: unknown): string | null {
    if (typeof link !== 'string' || link === '') return null;
    if (!this.isOurs(link)) throw new NotTheService({ operation, code: 'FOREIGN_LINK' });
    if (link.length > LONGEST_LINK) throw new ProviderBusy({ operation, code: 'LINK_TOO_LONG' });
    return link;
  }

  isOurs(link: string): boolean {
    return URL.canParse(link) && new URL(link).origin === this.origin;
  }

  private partOf(operation: GraphOperation, part: PartAnswer | null | undefined): BatchAnswer {
    const status = typeof part?.status === 'number' ? part.status : 0;
    const body = part?.body ?? null;
    if (status === 0) throw new ProviderBusy({ operation: '$batch', code: 'INCOMPLETE' });
    if (status >= 200 && status < 300) return { ok: true, body };
    // The token was good for the batch a moment ago: it ran out meanwhile, and the next call renews it.
    if (status === 401)
      return { ok: false, status, error: new ProviderBusy({ operation, status, code: 'TOKEN_RAN_OUT' }) };
    const headers = new Headers();
    for (const [name, value] of Object.entries(part?.headers ?? {}))
      if (name.toLowerCase() === 'retry-after') headers.set(name, String(value));
    return { ok: false, status, error: this.web.errorOf({ operation, status, headers, body }) };
  }
}

/** All of them in one header. */
function preferences(more: readonly string[] = []): string {
  return [IMMUTABLE_IDS, ...more].join(', ');
}

interface PartAnswer {
  id?: unknown;
  status?: unknown;
  headers?: Record<string, unknown>;
  body?: unknown;
}

/** Seen are some hundred characters to many thousands; it is kept, and sent with each request. */
const LONGEST_LINK = 64 * 1024;
