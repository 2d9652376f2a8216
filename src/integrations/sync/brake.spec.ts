import { type Brake } from '../connection.entities.js';
import { braked, needsBrake } from './brake.js';

const now = new Date('2026-11-22T10:00:00.000Z');
const here = (deleted: number, of: number) => ({ direction: 'here', deleted, of }) as const;
const asked: Brake = { ...here(40, 100), since: '2026-11-21T10:00:00.000Z' };

describe('the brake', () => {
  it.each([
    [25, 25, false],
    [26, 26, true],
    [26, 129, true],
    [26, 130, false],
    [1000, 5000, false],
    [1001, 5000, true],
  ])('for %i deletions of %i contacts is needed: %s', (deleted, of, needed) => {
    expect(needsBrake(deleted, of)).toBe(needed);
  });

  it('asks once, and remembers since when', () => {
    expect(braked(null, here(40, 100), now)).toEqual({
      brake: { ...here(40, 100), since: now.toISOString() },
      verdict: 'wait',
    });
    expect(braked(asked, here(50, 100), now)).toEqual({
      brake: { ...here(50, 100), since: asked.since },
      verdict: 'wait',
    });
  });

  it('asks no more when most of them are back', () => {
    expect(braked(asked, here(3, 100), now)).toEqual({ brake: null, verdict: 'carry-out' });
  });

  it('does what was decided, also when the rest is few after a crash', () => {
    const decided = (decision: Brake['decision']): Brake => ({ ...asked, decision });
    expect(braked(decided('delete'), here(40, 100), now).verdict).toBe('carry-out');
    expect(braked(decided('keep'), here(40, 100), now).verdict).toBe('keep');
    expect(braked(decided('keep'), here(2, 100), now).verdict).toBe('keep');
  });

  it('asks again when more went than the owner was asked about', () => {
    const { brake, verdict } = braked({ ...asked, decision: 'delete' }, here(90, 100), now);
    expect(verdict).toBe('wait');
    expect(brake).toEqual({ ...here(90, 100), since: now.toISOString() });
  });

  it('asks about few where they are much of the mailbox with others, until that is answered', () => {
    const few: Brake = { ...here(12, 12), mailbox: true, since: now.toISOString() };
    expect(braked(null, { ...here(12, 12), mailbox: true }, now)).toEqual({ brake: few, verdict: 'wait' });
    // The other folders were answered by now.
    expect(braked(few, here(12, 12), now)).toEqual({ brake: few, verdict: 'wait' });
    expect(braked({ ...few, decision: 'delete' }, here(12, 12), now).verdict).toBe('carry-out');
  });

  it('leaves a question about the other side as it is', () => {
    const other: Brake = { ...asked, direction: 'there' };
    expect(braked(other, here(40, 100), now)).toEqual({ brake: other, verdict: 'wait' });
    expect(braked(other, here(2, 100), now)).toEqual({ brake: other, verdict: 'carry-out' });
  });
});
