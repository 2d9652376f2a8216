import { type Choices, type PeopleVisible, type Viewer } from './people-visible.query.js';
import { RecentChoices } from './recent-choices.js';

const viewer = (id: string, restrictedGroups = 0) =>
  ({ id, accountId: 'a', account: { restrictedGroups } }) as Viewer;

function recent(answer: () => Promise<Choices>) {
  const choices = jest.fn(answer);
  return { choices, menus: new RecentChoices({ choices } as unknown as PeopleVisible) };
}

const nothing: Choices = { departments: [], locations: [], groups: [] };

describe('remembered filter menus', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('are read once while one reader types, and again after a pause', async () => {
    const { choices, menus } = recent(() => Promise.resolve(nothing));
    await menus.of(viewer('one'));
    await menus.of(viewer('one'));
    expect(choices).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(5_001);
    await menus.of(viewer('one'));
    expect(choices).toHaveBeenCalledTimes(2);
  });

  it('are never another reader’s, nor from before somebody was hidden', async () => {
    const { choices, menus } = recent(() => Promise.resolve(nothing));
    await menus.of(viewer('one'));
    await menus.of(viewer('two'));
    await menus.of(viewer('one', 1));
    expect(choices).toHaveBeenCalledTimes(3);
  });

  it('forget a failure', async () => {
    const { choices, menus } = recent(() => Promise.reject(new Error('gone')));
    await expect(menus.of(viewer('one'))).rejects.toThrow('gone');
    await expect(menus.of(viewer('one'))).rejects.toThrow('gone');
    expect(choices).toHaveBeenCalledTimes(2);
  });
});
