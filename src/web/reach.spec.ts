import { type E164 } from '../phone/e164.js';
import { fill, patternFault, patternedWays, type Filling, type ReachPatterns } from './reach-pattern.js';
import { callLink, extensionLink, reachOf, type ReachReader } from './reach.js';
import { Words } from './words.js';

const words = Words.for('en');
const ada: Filling = {
  name: 'Ada Lovelace',
  email: 'ada+work@example.org',
  number: '+33612345678' as E164,
  colleague: true,
};
const reader = (reach: Partial<ReachPatterns> = {}, phone = true): ReachReader => ({
  type: 'licensed',
  features: { phone },
  account: { kind: 'company', reach: { call: null, chat: null, meet: null, ...reach } },
});

describe('a pattern', () => {
  it.each([
    ['call', 'tel:{number}'],
    ['call', 'tel:0,{number}'],
    ['call', 'callto:{number}'],
    ['call', 'sip:{number}@pbx.example.org;transport=tls'],
    ['call', 'sip:{number}'],
    ['call', 'sips:{email}'],
    ['call', 'SIP:{user}@pbx.example.org'],
    ['call', 'zoomphonecall://{number}?callerid=10001'],
    ['call', 'https://teams.microsoft.com/l/call/0/0?users=4:{number}'],
    ['chat', 'msteams:/l/chat/0/0?users={email}'],
    ['chat', 'https://matrix.to/#/@{user}:example.org'],
    ['chat', 'matrix:u/{user}:example.org?action=chat'],
    ['chat', 'xmpp:{email}?message'],
    ['meet', 'https://meet.example.org:8443/{name}'],
    ['meet', 'zoommtg://zoom.us/start?uname={name}'],
  ] as const)('of a known program may be saved: %s %s', (way, pattern) => {
    expect(patternFault(way, pattern)).toBeNull();
  });

  it.each([
    ['javascript:alert({number})', 'scheme'],
    ['JavaScript:alert({number})', 'scheme'],
    ['data:text/html,{email}', 'scheme'],
    ['http://pbx.example.org/{number}', 'scheme'],
    ['file:///{email}', 'scheme'],
    ['mailto:{email}', 'scheme'],
    ['{email}', 'scheme'],
    ['{name}:{number}', 'scheme'],
    ['//pbx.example.org/{number}', 'scheme'],
    ['/contacts/{email}', 'scheme'],
    ['https://{email}/', 'host'],
    ['https://{name}.example.org/{number}', 'host'],
    ['https://{email}:8080/', 'host'],
    ['https://ada@pbx.example.org/{number}', 'host'],
    ['zoommtg://{user}/join?n={number}', 'host'],
    ['sip:{number}@{user}', 'host'],
    ['sip:{email}@pbx.example.org', 'host'],
    ['matrix:u/{user}:{email}', 'host'],
    ['sip:{number}@pbx.example.org@evil.example', 'incomplete'],
    ['sip:@pbx.example.org;{number}', 'incomplete'],
    ['sip://pbx.example.org/{number}', 'incomplete'],
    ['https:pbx.example.org/{number}', 'incomplete'],
    ['https://pbx.example.org:99999/{number}', 'incomplete'],
    ['https://pbx..exa mple.org/{number}', 'characters'],
    ['tel:+33140205050?x={number}', 'incomplete'],
    ['tel:{name}', 'missing'],
    ['tel:{email}', 'number-only'],
    ['callto:{number}?name={name}', 'number-only'],
    ['zoomphonecall://{email}', 'number-only'],
    ['https://pbx.example.org/', 'missing'],
    ['https://pbx.example.org/{name}', 'missing'],
    ['https://pbx.example.org/{phone}', 'unknown'],
    ['https://pbx.example.org/{Number}', 'unknown'],
    ['https://pbx.example.org/{{number}}', 'unknown'],
    ['https://pbx.example.org/{number', 'unknown'],
    ['https://pbx.example.org/%{number}', 'characters'],
    ['https://pbx.example.org/%7Bnumber%7D', 'missing'],
    ['sip:{number}@pbx.example.org%0d%0aX:y', 'characters'],
    ['sip:{number}@pbx.example.org\r\nX:y', 'characters'],
    ['https:\\\\pbx.example.org\\{number}', 'characters'],
    ['https://pbx.example.org/"{number}', 'characters'],
    ['https://pbx.example.org/<{number}', 'characters'],
    ['https://pbx.exämple.org/{number}', 'characters'],
    ['https://pbx.example.org/\u202e{number}', 'characters'],
    [`https://pbx.example.org/{number}${'x'.repeat(500)}`, 'characters'],
  ])('is refused: %j', (pattern, fault) => {
    expect(patternFault('call', pattern)).toBe(fault);
  });
});

describe('a filled pattern', () => {
  it.each([
    ['tel:{number}', 'tel:+33612345678'],
    ['sip:{number}@pbx.example.org', 'sip:+33612345678@pbx.example.org'],
    ['sip:{email}', 'sip:ada%2Bwork@example.org'],
    ['zoomphonecall://{number}', 'zoomphonecall://+33612345678'],
    [
      'https://x.example/c?n={number}&m={email}',
      'https://x.example/c?n=%2B33612345678&m=ada%2Bwork%40example.org',
    ],
    ['https://x.example/{email}/{name}', 'https://x.example/ada%2Bwork@example.org/Ada%20Lovelace'],
    ['https://matrix.to/#/@{user}:x.example', 'https://matrix.to/#/@ada%2Bwork:x.example'],
  ])('encodes each value for where it stands: %s', (pattern, href) => {
    expect(fill(pattern, ada)).toBe(href);
  });

  it('holds a name of any signs, encoded once, without marks that turn the direction', () => {
    const name = `A&B#C?D/E\\F%41"<>'\u202e\u2066\u200b\r\n\u0000é {email}`;
    const href = fill('https://x.example/r/{name}?n={name}#{name}', { ...ada, name }) ?? '';
    const url = new URL(href);
    const plain = `A&B#C?D/E\\F%41"<>'é {email}`;
    expect(url.origin).toBe('https://x.example');
    expect(decodeURIComponent(url.pathname)).toBe(`/r/${plain}`);
    expect(url.pathname.split('/')).toHaveLength(3);
    expect([...url.searchParams]).toEqual([['n', plain]]);
    expect(decodeURIComponent(url.hash)).toBe(`#${plain}`);
    expect(href).toMatch(/^[!-~]+$/);
    expect(href).not.toMatch(/["<>\\]/);
  });

  it('leads nowhere where the person lacks what it asks for, or a value is a step in a path', () => {
    expect(fill('tel:{number}', { ...ada, number: null })).toBeNull();
    expect(fill('sip:{email}', { ...ada, email: null })).toBeNull();
    for (const name of ['', ' \u200f ', '.', '..', '\ud800'])
      expect(fill('https://x.example/a/{name}', { ...ada, name })).toBeNull();
    // No such pattern is saved; one that stands there all the same leads to no host somebody calls themselves like.
    expect(fill('https://x{name}/', { ...ada, name: '.evil.example' })).toBeNull();
    expect(fill('https://x.example/a/{name}', { ...ada, name: 'x'.repeat(2_000) })).toBeNull();
  });

  it('gives the first part of an address to colleagues alone', () => {
    const pattern = 'https://matrix.to/#/@{user}:x.example';
    expect(fill(pattern, { ...ada, colleague: false })).toBeNull();
    const { name, email, number } = ada;
    expect(fill(pattern, { name, email, number })).toBeNull();
  });
});

describe('somebody is reached', () => {
  it('by phone and mail where nothing is chosen', () => {
    const { links, why, chat, meet } = reachOf(words, reader(), ada);
    expect(links.map(({ href, text, label }) => [href, text, label])).toEqual([
      ['tel:+33612345678', 'Call', 'Call Ada Lovelace'],
      ['mailto:ada%2Bwork@example.org', 'Write', 'Write to Ada Lovelace'],
    ]);
    expect([why, chat, meet]).toEqual(['', null, null]);
  });

  it('by what the company has chosen', () => {
    const chosen = reader({
      call: 'sip:{number}@pbx.example.org',
      chat: 'xmpp:{email}',
      meet: 'https://meet.example.org/{name}',
    });
    expect(reachOf(words, chosen, ada).links.map(({ way, href }) => [way, href])).toEqual([
      ['call', 'sip:+33612345678@pbx.example.org'],
      ['write', 'mailto:ada%2Bwork@example.org'],
      ['chat', 'xmpp:ada%2Bwork@example.org'],
      ['meet', 'https://meet.example.org/Ada%20Lovelace'],
    ]);
  });

  it('without a call where the feature is off, with the reason where there is somebody to call', () => {
    const off = reachOf(words, reader({}, false), ada);
    expect(off.links.map(({ way }) => way)).toEqual(['write']);
    expect(off.why).toContain('switched off for you');
    const basic = { ...reader({}, false), type: 'basic' as const };
    expect(reachOf(words, basic, ada).why).toContain('licensed account');
    const personal = { ...basic, account: { ...basic.account, kind: 'personal' as const } };
    expect(reachOf(words, personal, ada).why).toContain('people of companies');
    expect(reachOf(words, basic, { ...ada, number: null }).why).toBe('');
    // A pattern of addresses calls people without a number too.
    const byAddress = { ...basic, account: reader({ call: 'sip:{email}' }).account };
    expect(reachOf(words, byAddress, { ...ada, number: null }).why).not.toBe('');
  });

  it('by number where the pattern asks for what they lack', () => {
    const { call } = reachOf(words, reader({ call: 'sip:{email}' }), { ...ada, email: null });
    expect(call?.href).toBe('tel:+33612345678');
  });

  it('never by a pattern that could not be saved, even where it stands in the database', () => {
    for (const bad of ['javascript:alert(1)//{number}', 'https://{email}/', 'http://x.example/{number}'])
      for (const way of patternedWays)
        expect(reachOf(words, reader({ [way]: bad }), ada).links.map(({ href }) => href)).toEqual([
          'tel:+33612345678',
          'mailto:ada%2Bwork@example.org',
        ]);
  });

  it('with their name as it is, also where it means something in a message or a replacement', () => {
    const { call } = reachOf(words, reader(), { ...ada, name: `{name} $& <b>'` });
    expect(call?.label).toBe(`Call {name} $& <b>'`);
  });

  it('at each of several numbers', () => {
    const home = '+33140205050' as E164;
    expect(callLink(reader(), home, ada)).toBe('tel:+33140205050');
    expect(callLink(reader({ call: 'sip:{number}@x.example' }), home, ada)).toBe(
      'sip:+33140205050@x.example',
    );
    expect(callLink(reader({ call: 'sip:{email}' }), home, ada)).toBe('tel:+33140205050');
    expect(callLink(reader({}, false), home, ada)).toBe('');
  });

  it('inside the company by extension where there is no number, and beside it', () => {
    const inside = { ...ada, number: null, extension: '204' };
    const { links, dial } = reachOf(words, reader(), inside);
    expect([links[0].href, links[0].label, dial]).toEqual(['tel:204', 'Call Ada Lovelace', 'tel:204']);
    expect(reachOf(words, reader(), { ...ada, extension: '204' }).call?.href).toBe('tel:+33612345678');
    expect(extensionLink(reader(), '204', ada)).toBe('tel:204');
    expect(extensionLink(reader({}, false), '204', ada)).toBe('');
    expect(reachOf(words, reader({}, false), inside).why).not.toBe('');
  });

  it.each([
    ['sip:{number}@pbx.example.org', '204', 'sip:204@pbx.example.org'],
    ['zoomphonecall://{number}', '204', 'zoomphonecall://204'],
    ['https://x.example/c?n={number}', '*21#', 'https://x.example/c?n=*21%23'],
    ['https://x.example/c/{number}', '#7', 'https://x.example/c/%237'],
    ['tel:{number}', '*21#', 'tel:*21%23'],
    // The digits for a line to the outside lead to nobody inside.
    ['tel:0,{number}', '204', 'tel:204'],
    ['sip:0{number}@pbx.example.org', '204', 'sip:204@pbx.example.org'],
    ['sip:{email}', '204', 'tel:204'],
    ['javascript:alert({number})', '204', 'tel:204'],
  ])('inside the company as it has chosen: %s', (call, extension, href) => {
    expect(extensionLink(reader({ call }), extension, ada)).toBe(href);
  });
});
