import { type EntityManager } from 'typeorm';
import { newId } from '../../database/id.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { Lease, LEASE_SECONDS } from './lease.js';

describe('a lease', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is not taken for ours after its process stood still for as long as it lasts', async () => {
    const held = { query: () => Promise.resolve({ affectedRows: 1 }) } as unknown as EntityManager;
    const lease = new Lease({} as never, { id: newId(), fence: 1, token: newId() });
    const clock = jest.spyOn(performance, 'now').mockReturnValue(5_000);
    await lease.hold(held);
    clock.mockReturnValue(5_000 + LEASE_SECONDS * 1000 - 1);
    expect(() => lease.requireFresh()).not.toThrow();
    clock.mockReturnValue(5_000 + LEASE_SECONDS * 1000);
    expect(() => lease.requireFresh()).toThrow(LeaseLost);
    expect(lease.signal.aborted).toBe(true);
  });
});
