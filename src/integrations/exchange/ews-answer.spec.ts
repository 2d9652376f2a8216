import { type Socket } from 'node:net';
import { messagesOf, readAnswer } from './ews-answer.js';
import { type HttpAnswer } from './http-exchange.js';
import { readXml } from './reader.js';

const answer = (status: number, text = '', headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  ...{ status, text, headers: { 'content-type': 'text/xml; charset=utf-8', ...headers } },
  socket: null as unknown as Socket,
});
const soap = (body: string, header = '') =>
  `<s:Envelope xmlns:s="x"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const failure = (given: HttpAnswer) => {
  try {
    readAnswer(given, { operation: 'GetItem' });
  } catch (error) {
    const { key, facts } = error as { key: string; facts: Record<string, unknown> };
    return { key, ...facts };
  }
  return null;
};

describe('Answers of Exchange', () => {
  it.each([
    [
      301,
      '',
      { location: 'https://a.example/x?user=ada' },
      { key: 'not-the-service', redirectHost: 'a.example' },
    ],
    [302, '', { location: '/owa' }, { key: 'not-the-service' }],
    [307, '', { location: 'https://outlook.office.com/' }, { key: 'not-the-service', office365: 'yes' }],
    [403, '', {}, { key: 'not-allowed' }],
    [404, '', {}, { key: 'not-the-service' }],
    [405, '', {}, { key: 'not-the-service' }],
    [415, '', {}, { key: 'not-the-service' }],
    [413, '', {}, { key: 'busy' }],
    [502, '<html></html>', {}, { key: 'busy' }],
    [503, '', { 'retry-after': '120' }, { key: 'throttled' }],
    [503, '', { 'retry-after': 'soon' }, { key: 'busy' }],
    [504, '', {}, { key: 'busy' }],
    [429, '', { 'retry-after': '5' }, { key: 'throttled' }],
    [200, '<!DOCTYPE html><html><body>Sign in', {}, { key: 'not-the-service' }],
    [200, '<html><body/></html>', {}, { key: 'not-the-service' }],
    [200, 'ok', { 'content-type': 'text/html' }, { key: 'not-the-service' }],
    [500, '<html><body/></html>', { 'content-type': 'text/html' }, { key: 'busy' }],
    [200, '<a/>', {}, { key: 'not-the-service' }],
    [200, soap('<R>').slice(0, 40), {}, { key: 'busy' }],
    [200, '', {}, { key: 'busy' }],
    [200, '<!DOCTYPE s:Envelope>' + soap(''), {}, { key: 'busy' }],
  ])('%i %s %j', (status, text, headers, expected) =>
    expect(failure(answer(status, text, headers))).toMatchObject(expected),
  );

  it('keeps the request id for the log, and of a redirect the host alone', () => {
    const id = '0a1b2c3d-0000-4000-8000-000000000000';
    expect(failure(answer(404, '', { 'request-id': id }))).toMatchObject({ request: id });
    expect(failure(answer(404, '', { 'request-id': 'ada says "x"' }))).not.toHaveProperty('request');
    expect(
      JSON.stringify(failure(answer(302, '', { location: 'https://a.example/x?user=ada' }))),
    ).not.toContain('ada');
  });

  it('reads the code of a fault, and how long to wait, wherever it stands', () => {
    const detail =
      '<detail><e:ResponseCode xmlns:e="e">ErrorServerBusy</e:ResponseCode><t:MessageXml xmlns:t="t">' +
      '<t:Value Name="BackOffMilliseconds">297749</t:Value></t:MessageXml></detail>';
    const whole = soap(`<s:Fault><faultcode>a:Other</faultcode>${detail}</s:Fault>`);
    expect(readAnswer(answer(500, whole), {}).fault).toEqual({ code: 'ErrorServerBusy', backOffMs: 297749 });
    const bare = soap('<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode></s:Fault>');
    expect(readAnswer(answer(500, bare), {}).fault).toEqual({
      code: 'ErrorSchemaValidation',
      backOffMs: null,
    });
    const odd = soap('<s:Fault><faultcode>What Zoé wrote</faultcode></s:Fault>');
    expect(readAnswer(answer(500, odd), {}).fault?.code).toBe('UNKNOWN');
  });

  it('reads what the server is', () => {
    const info =
      '<h:ServerVersionInfo xmlns:h="h" MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6" Version="V2017_07_11"/>';
    expect(readAnswer(answer(200, soap('<R/>', info)), {}).server).toEqual({
      ...{ major: 15, minor: 1, build: 2507, revision: 6 },
    });
    expect(readAnswer(answer(200, soap('<R/>')), {}).server).toBeNull();
  });

  it('reads each message of an answer on its own', () => {
    const message = (state: string, code: string) =>
      `<XResponseMessage ResponseClass="${state}"><ResponseCode>${code}</ResponseCode></XResponseMessage>`;
    const messages = messagesOf(
      readXml(
        `<R><ResponseMessages>${message('Success', 'NoError')}${message('Error', 'ErrorItemNotFound')}${message('Warning', 'ErrorBatchProcessingStopped')}</ResponseMessages></R>`,
      ),
    );
    expect(messages.map(({ ok, stopped, failure: { code } }) => [ok, stopped, code])).toEqual([
      [true, false, 'NoError'],
      [false, false, 'ErrorItemNotFound'],
      [false, true, 'ErrorBatchProcessingStopped'],
    ]);
  });
});
