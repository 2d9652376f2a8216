import { AuthorizationRevoked, NotTheService, ProviderBusy, Throttled } from '../provider-errors.js';
import { isOffice365 } from './address.js';
import { type Facts, type Failure } from './errors.js';
import { type HttpAnswer } from './http-exchange.js';
import { readXml, type XmlElement } from './reader.js';
import { type ServerVersion } from './versions.js';

/** A whole SOAP answer: the element of the operation, or the code of a fault. */
export interface EwsAnswer {
  operation: XmlElement | null;
  fault: Failure | null;
  server: ServerVersion | null;
}

/** One `…ResponseMessage`: servers answer each thing of a request on its own. */
export interface EwsMessage {
  ok: boolean;
  /** It and all after it were not looked at. */
  stopped: boolean;
  failure: Failure;
  element: XmlElement;
}

/** @throws what the status or the form of the answer means; never anything it says */
export function readAnswer(answer: HttpAnswer, facts: Facts): EwsAnswer {
  const { status, headers, text } = answer;
  const known = { ...facts, status, ...requestIdOf(answer) };
  if (status >= 300 && status < 400) throw new NotTheService({ ...known, ...redirectOf(answer) });
  if (status === 403) throw new AuthorizationRevoked('not-allowed', known);
  if (status === 429 || (status > 500 && status < 600)) throw waiting(headers['retry-after'], known);
  if (status === 408 || status === 413 || status === 456) throw new ProviderBusy(known);
  if (status !== 200 && status !== 500) throw new NotTheService(known);
  const html = /^\s*(\ufeff)?<(!doctype html|html)[\s>]/i.test(text) || /text\/html/i.test(typeOf(answer));
  if (html) throw status === 200 ? new NotTheService({ ...known, code: 'HTML' }) : new ProviderBusy(known);
  return { ...readEnvelope(text, known) };
}

export function messagesOf(operation: XmlElement): EwsMessage[] {
  return operation
    .childrenOf('ResponseMessages')
    .filter(({ name }) => name.endsWith('ResponseMessage'))
    .map((element) => {
      const code = element.textAt('ResponseCode') ?? 'NONE';
      return {
        ok: element.attribute('ResponseClass') !== 'Error' && code === 'NoError',
        stopped: code === 'ErrorBatchProcessingStopped',
        failure: { code: nameOf(code), backOffMs: backOffOf(element) },
        element,
      };
    });
}

/** Only a host: the rest of an address may hold what somebody typed. */
function redirectOf({ headers: { location } }: HttpAnswer): Record<string, string> {
  if (!location || !URL.canParse(location)) return {};
  const { hostname } = new URL(location);
  return { redirectHost: hostname, ...(isOffice365(hostname) ? { office365: 'yes' } : {}) };
}

function requestIdOf({ headers }: HttpAnswer): Record<string, string> {
  const id = headers['request-id'];
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? { request: id } : {};
}

function waiting(retryAfter: string | undefined, facts: Facts): Error {
  const seconds = Number(retryAfter);
  const waitMs = Number.isNaN(seconds) ? Date.parse(retryAfter ?? '') - Date.now() : seconds * 1_000;
  return waitMs > 0 ? new Throttled(Math.min(waitMs, 15 * 60_000), facts) : new ProviderBusy(facts);
}

function typeOf({ headers }: HttpAnswer): string {
  return headers['content-type'] ?? '';
}

function readEnvelope(text: string, facts: Facts): EwsAnswer {
  let envelope: XmlElement;
  try {
    envelope = readXml(text);
  } catch {
    throw new ProviderBusy({ ...facts, code: 'UNREADABLE' });
  }
  const body = envelope.child('Body');
  if (envelope.name !== 'Envelope' || !body) throw new NotTheService({ ...facts, code: 'NO_ENVELOPE' });
  const fault = body.child('Fault');
  return {
    operation: fault ? null : (body.children[0] ?? null),
    fault: fault ? faultOf(fault) : null,
    server: serverOf(envelope),
  };
}

function faultOf(fault: XmlElement): Failure {
  const code = fault.find('ResponseCode')?.text ?? fault.textAt('faultcode')?.split(':').pop() ?? 'FAULT';
  return { code: nameOf(code), backOffMs: backOffOf(fault) };
}

/** In `MessageXml`, also where a busy server hides behind an internal error. */
function backOffOf(element: XmlElement): number | null {
  const values = element.find('MessageXml')?.children ?? [];
  const value = values.find((each) => each.attribute('Name') === 'BackOffMilliseconds');
  const ms = value ? Number(value.text) : NaN;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

/** Codes are names; anything else an answer says in their place is not repeated. */
function nameOf(code: string): string {
  const name = code.trim();
  return /^[A-Za-z]{1,80}$/.test(name) ? name : 'UNKNOWN';
}

function serverOf(envelope: XmlElement): ServerVersion | null {
  const info = envelope.at('Header', 'ServerVersionInfo');
  const number = (name: string) => Number(info?.attribute(name) ?? NaN);
  const [major, minor] = [number('MajorVersion'), number('MinorVersion')];
  if (!Number.isInteger(major) || !Number.isInteger(minor)) return null;
  return {
    ...{ major, minor },
    build: number('MajorBuildNumber') || 0,
    revision: number('MinorBuildNumber') || 0,
  };
}
