import { type Environment, type GoogleSettings, type MicrosoftSettings } from './config/environment.js';
import { redirectUriOf } from './integrations/oauth/redirect-uri.js';

const ANSWER_MS = 10_000;
/** A token of a provider ahead of us by more than five minutes is refused (oauth/oauth-clients.ts). */
const CLOCKS_APART_SECONDS = 60;

/** What has to be mended; one line for the operator. */
export class ToMend extends Error {}

/**
 * Whether Google knows this installation: a code that cannot be right is shown with id and secret, and a server that
 * knows both complains of the code alone (RFC 6749, 5.2). Nobody is signed in.
 */
export async function googleOf(settings: GoogleSettings | null, environment: Environment): Promise<string> {
  if (settings === null) return 'not set up (GOOGLE_CLIENT_ID is not set)';
  const redirect = redirectUriOf(environment, 'google');
  requireHttps(environment, redirect);
  const { error } = await showCode(settings.tokenUrl, settings, redirect);
  if (error === 'invalid_client' || error === 'unauthorized_client')
    throw new ToMend(
      'Google does not know this client; correct GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, as Google Cloud shows them under Clients',
    );
  if (error === 'redirect_uri_mismatch')
    throw new ToMend(`Google does not know the address ${redirect}; add it to the client’s redirect URIs`);
  await reach(settings.peopleUrl, 'GOOGLE_PEOPLE_URL');
  await reach(settings.calendarUrl, 'GOOGLE_CALENDAR_URL');
  return error === 'invalid_grant' ? `${known}; ${redirectNote(redirect)}` : unsure(error, redirect);
}

/** The same of Microsoft, which says with numbers what is wrong (AADSTS…). */
export async function microsoftOf(
  settings: MicrosoftSettings | null,
  environment: Environment,
): Promise<string> {
  if (settings === null) return 'not set up (MICROSOFT_CLIENT_ID is not set)';
  const redirect = redirectUriOf(environment, 'office365');
  requireHttps(environment, redirect);
  const { error, codes } = await showCode(`${settings.authority}/oauth2/v2.0/token`, settings, redirect);
  for (const [code, remedy] of Object.entries(microsoftRemedies))
    if (codes.includes(Number(code))) throw new ToMend(`AADSTS${code}: ${remedy}`);
  if (error === 'invalid_client' || error === 'unauthorized_client')
    throw new ToMend(
      'Microsoft does not know this client; correct MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET',
    );
  await reach(settings.graphUrl, 'MICROSOFT_GRAPH_URL');
  return error === 'invalid_grant' ? `${known}; ${redirectNote(redirect)}` : unsure(error, redirect);
}

const known = 'client and secret are known';
const redirectNote = (redirect: string) => `it has to be registered with the redirect URI ${redirect}`;
const unsure = (error: string, redirect: string) =>
  `answers (${error || 'without a reason'}), but does not say whether the secret is right; ${redirectNote(redirect)}`;

/** Error numbers of the identity platform that an operator can mend. */
const microsoftRemedies: Record<string, string> = {
  '700016':
    'this application is not in the directory; correct MICROSOFT_CLIENT_ID, or the tenant in MICROSOFT_AUTHORITY',
  '7000215': 'the client secret is wrong; MICROSOFT_CLIENT_SECRET takes its value, not its id',
  '7000222': 'the client secret has expired; make a new one and put it into MICROSOFT_CLIENT_SECRET',
  '7000218': 'the application wants a secret or is registered as a public client; register it for Web',
  '90002': 'there is no such tenant; correct MICROSOFT_AUTHORITY',
  '50194': 'this application is of one tenant; name that tenant in MICROSOFT_AUTHORITY',
  '50011': 'the redirect URI is not registered; add it to the application under Authentication, Web',
};

/** Both providers send people back over https alone, but for a try on one's own machine. */
function requireHttps({ secure, publicUrl }: Environment, redirect: string): void {
  const { hostname } = new URL(publicUrl);
  if (!secure && hostname !== 'localhost')
    throw new ToMend(`people cannot be sent back to ${redirect}; PUBLIC_URL has to begin with https://`);
}

async function showCode(
  tokenUrl: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  redirect: string,
): Promise<{ error: string; codes: number[] }> {
  const answer = await asked(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code: 'check', redirect_uri: redirect },
      ...{ client_id: clientId, client_secret: clientSecret },
    }),
  });
  const { host } = new URL(tokenUrl);
  if (answer.status >= 500) throw new ToMend(`${host} answers with status ${answer.status}; try again later`);
  const seconds = (Date.now() - Date.parse(answer.headers.get('date') ?? '')) / 1000;
  // NaN, of an answer that says no time, is not greater.
  if (Math.abs(seconds) > CLOCKS_APART_SECONDS)
    throw new ToMend(
      `this machine is ${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? 'ahead of' : 'behind'} ${host}; set its clock by NTP`,
    );
  const body = (await answer.json().catch(() => null)) as { error?: unknown; error_codes?: unknown } | null;
  if (body === null || typeof body !== 'object')
    throw new ToMend(`${host} does not answer as a token service; correct its address`);
  return {
    error: typeof body.error === 'string' ? body.error.slice(0, 60) : '',
    codes: Array.isArray(body.error_codes) ? body.error_codes.filter((code) => typeof code === 'number') : [],
  };
}

/** Any answer will do: nobody is signed in. */
async function reach(url: string, name: string): Promise<void> {
  const answer = await asked(url, { method: 'HEAD' });
  if (answer.status >= 500)
    throw new ToMend(`${new URL(url).host} answers with status ${answer.status}; look at ${name}`);
}

async function asked(url: string, init: RequestInit): Promise<Response> {
  const { host } = new URL(url);
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    const { cause, name } = error as { cause?: { code?: string }; name: string };
    const why = name === 'TimeoutError' ? 'it does not answer' : (cause?.code ?? 'no connection');
    throw new ToMend(`${host} cannot be reached (${why}); look at the way there: no proxy is used`);
  }
}
