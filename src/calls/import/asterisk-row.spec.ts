import { asteriskRows } from './asterisk-row.js';
import { extensionsBy } from './call-questions.js';
import { StartTimes } from './call-times.js';

const read = (values: Record<string, string>, problems: string[] = []) =>
  asteriskRows(new StartTimes('UTC', Date.parse('2026-11-22T12:00:00Z')), extensionsBy('3')!)(
    (field) =>
      ({ startedAt: '2026-11-20 10:00:00', duration: '5', disposition: 'ANSWERED', ...values })[field] ?? '',
    (field, key) => problems.push(`${field} ${key}`),
  );
const legsOf = (values: Record<string, string>) =>
  (read(values)?.legs ?? []).map(({ direction, outcome, candidates, direct }) => [
    ...[direction, outcome, candidates.map(({ text }) => text).join(' ')],
    ...(direct ? ['direct'] : []),
  ]);

describe('a record of Asterisk', () => {
  it('has who called and who was called, by channel before number', () => {
    expect(
      legsOf({ channel: 'PJSIP/101-0000002a', dstchannel: 'SIP/102-0b', src: '0140205001', dst: '102' }),
    ).toEqual([
      ['outgoing', 'answered', '101 0140205001', 'direct'],
      ['incoming', 'answered', '102 102', 'direct'],
    ]);
  });

  it('knows a telephone that answers for a group, and short numbers that are no extension', () => {
    expect(
      legsOf({ channel: 'PJSIP/my-trunk-0a', dstchannel: 'PJSIP/102-0b', src: '15', dst: '6000' }),
    ).toEqual([
      ['outgoing', 'answered', 'my-trunk', 'direct'],
      ['incoming', 'answered', '102'],
    ]);
  });

  it('knows whose voicemail box it was, and that an announcement answers for nobody', () => {
    const called = { channel: 'PJSIP/t-0a', src: '+33612345678', dst: '700' };
    expect(legsOf({ ...called, lastapp: 'VoiceMail', lastdata: '104@default,u' })[1]).toEqual([
      ...['incoming', 'voicemail', '104 700'],
    ]);
    expect(legsOf({ ...called, lastapp: 'Playback' })[1]).toEqual(['incoming', 'missed', '700', 'direct']);
  });

  it('goes on in the second half of a local channel', () => {
    expect(read({ channel: 'PJSIP/t-0a', dstchannel: 'Local/101@q-07;1' })).toMatchObject({
      opens: '101@q-07',
    });
    const second = read({ channel: 'Local/101@q-07;2', dstchannel: 'PJSIP/101-0b', src: '0612345678' });
    expect(second).toMatchObject({ continues: '101@q-07', legs: [{ direction: 'incoming' }] });
  });

  it('is read as FreeSWITCH writes it', () => {
    const call = { channel: 'sofia/internal/101@pbx.example', dstchannel: 'sofia/external/0612345678' };
    expect(legsOf({ ...call, dst: '0612345678', disposition: 'NORMAL_CLEARING' })[0]).toEqual([
      ...['outgoing', 'answered', '101', 'direct'],
    ]);
    expect(legsOf({ ...call, disposition: 'NO_ANSWER', duration: '0' })[0][1]).toBe('missed');
  });

  it('names what it cannot read', () => {
    const problems: string[] = [];
    expect(read({ disposition: 'GONE', startedAt: '' }, problems)).toBeNull();
    expect(problems).toEqual([
      'startedAt call-imports.problem.start-missing',
      'disposition call-imports.problem.disposition',
    ]);
  });
});
