import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { walkContactsTour } from '../../bin/lib/contacts-tour.mjs';
import { walkExternalTour } from '../../bin/lib/external-tour.mjs';
import { cast, walkStory } from '../../bin/lib/story.mjs';
import { walkTour } from '../../bin/lib/tour.mjs';
import { seedDemo } from '../../src/cli.demo.js';
import { rootDir } from '../../src/web/paths.js';
import { type Locale } from '../../src/web/words.js';
import { startApp, type TestApp } from '../support/app.js';
import { sidewaysFaults, structureFaults } from './support/checks.js';
import { Chromium, everything, inChromium, type Visitor } from './support/chromium.js';
import { setUpLink } from './support/set-up.js';

const file = join(rootDir, 'test', 'data', 'users-2000.csv');

inChromium('the first day of a company', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await Chromium.launch();
  }, 30_000);
  afterAll(() => chromium?.close());

  const walks: [Locale, 'with scripts' | 'without scripts'][] = [
    ['en', 'with scripts'],
    ['fr', 'without scripts'],
    ['fr', 'with scripts'],
    ['en', 'without scripts'],
  ];

  it.each(everything ? walks : walks.slice(0, 2))(
    'is walked in %s %s, from the set-up link to a colleague’s card',
    async (locale, how) => {
      const scripts = how === 'with scripts';
      const app = await startApp({ env: { WORKER: 'on' } });
      const visitors: Visitor[] = [];
      const steps: string[] = [];
      try {
        await walkStory({
          ...{ origin: app.url, setUpPath: await setUpLink(app), file, locale, scripts },
          async newPage() {
            const look = { locale, scheme: 'light', width: 1280, scripts } as const;
            const visitor = await chromium.visitor(app.url, look);
            visitors.push(visitor);
            return visitor.page;
          },
          async at(step, page) {
            steps.push(step);
            // A link that stands there says nothing of the stylesheet of its page.
            await page.waitForLoadState();
            expect([step, await structureFaults(page, locale)]).toEqual([step, []]);
            expect([step, await sidewaysFaults(page)]).toEqual([step, []]);
          },
        });
        const [owner, invited] = visitors;
        const { givenName, familyName, email } = cast[locale].owner;
        expect(await invited?.page.locator('h1').innerText()).toBe(`${givenName} ${familyName}`);
        expect(
          await invited?.page
            .locator('.person-head ~ * a, main a[href^="mailto:"]')
            .first()
            .getAttribute('href'),
        ).toBe(`mailto:${email}`);
        expect(await peopleByStatus(app)).toEqual({ active: 2, pending: 1999 });
        expect(steps.slice(0, 4)).toEqual(['set-up', 'founded', 'import-file', 'import-check']);
        expect(steps.slice(-4)).toEqual(['sign-in', 'first-home', 'search', 'card']);
        for (const visitor of [owner, invited]) expect(visitor?.watch.take()).toEqual([]);
      } finally {
        for (const visitor of visitors) await visitor.leave();
        await app.close();
      }
    },
    120_000,
  );
});

inChromium('the tours of external contacts, of administering people and of personal contacts', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await Chromium.launch();
  }, 30_000);
  afterAll(() => chromium?.close());

  it.each(everything ? (['en', 'fr'] as const) : (['fr'] as const))(
    'are walked in %s through the companies of the demonstration',
    async (locale) => {
      const app = await startApp({ env: { WORKER: 'on' } });
      const stops: string[] = [];
      try {
        await seedDemo(app.nest);
        const visitor = await chromium.visitor(app.url, {
          locale,
          scheme: 'light',
          width: 1280,
          scripts: true,
        });
        const tour = {
          ...{ origin: app.url, locale, page: visitor.page },
          async at(stop: string, page: Page) {
            stops.push(stop);
            expect([stop, await structureFaults(page, locale)]).toEqual([stop, []]);
            expect([stop, await sidewaysFaults(page)]).toEqual([stop, []]);
          },
        };
        await walkExternalTour(tour);
        expect(stops.slice(-3)).toEqual(['external-contact', 'external-invite', 'signup']);
        // The form that comes back, and nothing else.
        expect(visitor.watch.take()).toEqual([expect.stringContaining('status of 422')]);
        await walkTour(tour);
        expect(stops.slice(-5)).toEqual(['chat-group', 'directory-as', 'update-check', ...bulk]);
        await walkContactsTour(tour);
        expect(stops.slice(-3)).toEqual(['contacts-replace-check', 'contacts-export', 'contacts-trash']);
        expect(visitor.watch.take()).toEqual([]);
        await visitor.leave();
      } finally {
        await app.close();
      }
    },
    120_000,
  );
});

const bulk = ['bulk-confirm', 'bulk-result'];

async function peopleByStatus({ database }: TestApp): Promise<Record<string, number>> {
  const rows = await database.query<{ status: string; people: string }[]>(
    'SELECT status, people FROM user_counters WHERE people > 0',
  );
  return Object.fromEntries(rows.map(({ status, people }) => [status, Number(people)]));
}
