import { normaliseAddress } from '../../text/address.js';
import { AuthorizationRevoked, NotReachable, NotTheService, ProviderError } from '../provider-errors.js';
import { isOffice365 } from './address.js';
import { readAnswer } from './ews-answer.js';
import { type ExchangeNetwork } from './exchange-network.js';
import { type HttpAnswer } from './http-exchange.js';
import { readXml, type XmlElement } from './reader.js';
import { element } from './soap.js';
import { ExchangeTransport, NotSignedInHere, type Credentials } from './transport.js';

/**
 * Asks the domain of an e-mail address for its Exchange server (Autodiscover, POX form, NOTES §10).
 * @returns the address as it is written there; null when nobody answers
 * @throws AuthorizationRevoked: what refused the password is asked no second time. NotTheService when it is Office 365
 */
export async function discover(
  network: ExchangeNetwork,
  email: string,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<string | null> {
  const address = normaliseAddress(email);
  if (address === null) return null;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const search = new Search(network, domain, credentials, signal);
  return search.from(address, placesOf(domain, network));
}

/** Hops that are followed: servers point at each other. */
const MOST_HOPS = 10;

class Search {
  private hops = 0;
  private readonly asked = new Set<string>();

  constructor(
    private readonly network: ExchangeNetwork,
    private readonly domain: string,
    private readonly credentials: Credentials,
    private readonly signal: AbortSignal,
  ) {}

  async from(address: string, places: readonly URL[]): Promise<string | null> {
    for (const place of places) {
      const question = `${address} ${place.href}`;
      if (this.asked.has(question) || this.hops >= MOST_HOPS) continue;
      this.asked.add(question);
      this.hops++;
      const answer = await this.ask(place, address);
      const found = answer && (await this.follow(answer, address));
      if (found) return found;
    }
    return null;
  }

  /** null where nobody answers as Autodiscover does. */
  private async ask(place: URL, address: string): Promise<XmlElement | null> {
    const transport = new ExchangeTransport(this.network, place, this.credentials, null, this.signal);
    try {
      const answer = await transport.post(requestFor(address), true).catch((error: unknown) => {
        if (error instanceof NotSignedInHere) return error.answer;
        throw error;
      });
      return readResponse(answer);
    } catch (error) {
      const isFinal = error instanceof AuthorizationRevoked && error.key === 'sign-in';
      const isElsewhere = error instanceof NotTheService && 'office365' in error.facts;
      // A certificate nobody vouches for ends the search of this place, and no password was shown.
      if (isFinal || isElsewhere || !(error instanceof ProviderError)) throw error;
      return null;
    } finally {
      transport.close();
    }
  }

  /** The password goes to the domain of the address alone, whatever an answer names. */
  private async follow(response: XmlElement, address: string): Promise<string | null> {
    const account = response.child('Account');
    const action = account?.textAt('Action')?.trim();
    if (action === 'redirectUrl') {
      const url = account?.textAt('RedirectUrl')?.trim() ?? '';
      if (!URL.canParse(url)) return null;
      const place = new URL(url);
      this.refuseOffice365(place.hostname);
      return this.isOurs(place.hostname) ? this.from(address, [place]) : null;
    }
    if (action === 'redirectAddr') {
      const other = normaliseAddress(account?.textAt('RedirectAddr') ?? '');
      const domain = other?.slice(other.lastIndexOf('@') + 1);
      if (domain?.endsWith('.onmicrosoft.com')) this.refuseOffice365('office365.com');
      return other && domain && this.isOurs(domain) ? this.from(other, placesOf(domain, this.network)) : null;
    }
    return account ? ewsUrlOf(account) : null;
  }

  private refuseOffice365(host: string): void {
    if (isOffice365(host)) throw new NotTheService({ operation: 'Autodiscover', office365: 'yes' });
  }

  private isOurs(host: string): boolean {
    return host === this.domain || host.endsWith(`.${this.domain}`);
  }
}

/** The domain itself and its `autodiscover` host; on the port the operator listed, where he listed one. */
function placesOf(domain: string, { listed }: ExchangeNetwork): URL[] {
  return [domain, `autodiscover.${domain}`].flatMap((host) => {
    const entries = listed.filter((entry) => entry.host === host);
    const origins = entries.map(
      ({ port, plain }) => `${plain ? 'http' : 'https'}://${host}${port === null ? '' : `:${port}`}`,
    );
    return (origins.length > 0 ? origins : [`https://${host}`]).map(
      (origin) => new URL('/autodiscover/autodiscover.xml', origin),
    );
  });
}

function requestFor(address: string): string {
  const schema = 'http://schemas.microsoft.com/exchange/autodiscover/outlook';
  const request = element(
    'Autodiscover',
    { xmlns: `${schema}/requestschema/2006` },
    element(
      'Request',
      {},
      element('EMailAddress', {}, address),
      element('AcceptableResponseSchema', {}, `${schema}/responseschema/2006a`),
    ),
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${request}`;
}

function readResponse(answer: HttpAnswer): XmlElement | null {
  // Says redirects and refusals in our errors; the form of the answer is another than that of EWS.
  if (answer.status !== 200) readAnswer(answer, { operation: 'Autodiscover' });
  try {
    return readXml(answer.text).child('Response');
  } catch {
    throw new NotReachable({ operation: 'Autodiscover', code: 'UNREADABLE' });
  }
}

/** From outside first (`EXPR`): inner names may mean nothing to us. */
function ewsUrlOf(account: XmlElement): string | null {
  const protocols = account.children.filter(({ name }) => name === 'Protocol');
  const urlOf = (type: string) =>
    protocols
      .find((each) => each.textAt('Type')?.trim() === type)
      ?.textAt('EwsUrl')
      ?.trim() || null;
  return urlOf('EXPR') ?? urlOf('EXCH');
}
