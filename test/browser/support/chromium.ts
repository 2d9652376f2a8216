import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type Locale } from '../../../src/web/words.js';
import { PASSWORD } from '../../support/builders.js';
import { bringAxe } from './checks.js';
import { Watch } from './watch.js';

/** How somebody looks at a page. */
export interface Look {
  /** What the browser asks for; who has signed in chose a language of their own. */
  locale: Locale;
  scheme: 'light' | 'dark';
  /** CSS pixels */
  width: number;
  height?: number;
  scripts?: boolean;
  motion?: 'reduce' | 'no-preference';
  forcedColors?: 'active' | 'none';
}

/** Both ends of what is promised; the other looks lie between them. */
const corners: Look[] = [
  { locale: 'en', scheme: 'light', width: 1280 },
  { locale: 'fr', scheme: 'dark', width: 320 },
];

const everyLook: Look[] = (['en', 'fr'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    [320, 1280].map((width) => ({ locale, scheme, width }) satisfies Look),
  ),
);

/** `npm test` looks from two corners, `npm run test:pages` at everything. */
export const everything = process.env.TEST_PAGES === 'all';
export const looks = everything ? everyLook : corners;

export function nameOf({ locale, scheme, width }: Look): string {
  return `${locale} ${scheme} ${width}`;
}

/**
 * Tests in Chromium. Without one they say so and are skipped; on a build machine nobody reads that, so there it is
 * a failure.
 */
export function inChromium(title: string, tests: () => void): void {
  if (process.env.CHROMIUM_PATH) return describe(title, tests);
  const reason = 'no Chromium or Chrome here (CHROMIUM_PATH is empty)';
  if (process.env.CI) it(title, () => Promise.reject(new Error(reason)));
  else it.skip(`${title}: ${reason}`, () => undefined);
}

/** A page is read once and left: code compiled anew to run faster costs more than it wins, mostly on axe. */
const NO_OPTIMIZING = '--js-flags=--no-opt --no-maglev';

/** One Chromium for a test file. */
export class Chromium {
  private readonly contexts: BrowserContext[] = [];

  private constructor(private readonly browser: Browser) {}

  /** @param fontSize what the person chose as the size of ordinary text, in CSS pixels */
  static async launch({ fontSize = 16 } = {}): Promise<Chromium> {
    const args = [`--blink-settings=defaultFontSize=${fontSize}`, NO_OPTIMIZING];
    return new Chromium(await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args }));
  }

  /** Somebody with a browser of their own: other cookies, other settings. */
  async visitor(url: string, look: Look): Promise<Visitor> {
    const { locale, scheme, width, height = width < 640 ? 720 : 900, scripts = true } = look;
    const context = await this.browser.newContext({
      ...{ baseURL: url, javaScriptEnabled: scripts, colorScheme: scheme, viewport: { width, height } },
      ...{ locale: locale === 'fr' ? 'fr-FR' : 'en-GB', timezoneId: 'Europe/Paris' },
      reducedMotion: look.motion ?? 'no-preference',
      forcedColors: look.forcedColors ?? 'none',
    });
    context.setDefaultTimeout(15_000);
    if (scripts) await bringAxe(context);
    this.contexts.push(context);
    return new Visitor(context, await context.newPage(), new Watch(context, url), look);
  }

  async close(): Promise<void> {
    for (const context of this.contexts) await context.close();
    await this.browser.close();
  }
}

/** A person in front of a page. */
export class Visitor {
  constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    /** What the browser complained about since the last look. */
    readonly watch: Watch,
    readonly look: Look,
  ) {}

  /** @returns the status */
  async open(path: string): Promise<number> {
    return (await this.page.goto(path))?.status() ?? 0;
  }

  async signIn(email: string, password = PASSWORD): Promise<void> {
    await this.open('/login');
    await this.page.locator('[name=email]').fill(email);
    await this.page.locator('[name=password]').fill(password);
    await this.page.locator('main button:not([type=button])').click();
    await this.page.waitForURL(({ pathname }) => pathname === '/');
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
