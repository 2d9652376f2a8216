import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AxeResults, type RunOptions } from 'axe-core';
import { type BrowserContext, type Page } from 'playwright-core';
import { rootDir } from '../../../src/web/paths.js';

/** WCAG 2.0 to 2.2, levels A and AA. */
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface WithAxe {
  readAxe: () => void;
  axe?: { run(context: Document, options: RunOptions): Promise<AxeResults> };
}

/**
 * Lays axe beside every page of a context, unread until a check asks for it: 650 kB are sent once for each visitor
 * and not with each check. The debugger brings it, so that the page keeps the policy it is served with.
 */
export async function bringAxe(context: BrowserContext): Promise<void> {
  const source = readFileSync(join(rootDir, 'node_modules/axe-core/axe.min.js'), 'utf8');
  await context.addInitScript(`globalThis.readAxe = () => {\n${source}\n};`);
}

/** What axe finds wrong, one line for each element, with the rule and its remedy. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[], string[]>(async (values) => {
    const here = globalThis as unknown as WithAxe;
    if (!here.axe) here.readAxe();
    if (!here.axe) throw new Error('axe is not there');
    const { violations } = await here.axe.run(document, {
      runOnly: { type: 'tag', values },
      // Off unless asked for by name: controls of 24 px at least, or with room around them.
      rules: { 'target-size': { enabled: true } },
      // What is in order need not be described.
      resultTypes: ['violations'],
      reporter: 'no-passes',
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const why = [...any, ...all, ...none].map(({ message }) => `\n  ${message}`);
        return `${id}: ${help}\n  at ${target.join(' ')}${why.join('')}`;
      }),
    );
  }, standards);
}

/** What every page has: a language, a title, one h1, landmarks that can be told apart. */
export function structureFaults(page: Page, locale: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const shown = (element: Element) => element.checkVisibility();
    const count = (selector: string) => [...document.querySelectorAll(selector)].filter(shown).length;
    const faults: string[] = [];
    const { lang } = document.documentElement;
    if (lang !== wanted) faults.push(`the page is in ${lang}, not in ${wanted}`);
    if (document.title.trim() === '') faults.push('no title');
    if (count('h1') !== 1) faults.push(`${count('h1')} h1`);
    if (count('main') !== 1) faults.push(`${count('main')} main`);
    if (count('body > header, body > div > header') !== 1) faults.push('no header, or several');
    const names = [...document.querySelectorAll('nav')].filter(shown).map((nav) => nav.ariaLabel ?? '');
    if (names.includes('')) faults.push('a nav without a name');
    if (new Set(names).size !== names.length) faults.push(`navs with the same name: ${names.join(', ')}`);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')]
      .filter(shown)
      .map(({ tagName }) => Number(tagName[1]));
    levels.forEach((level, i) => {
      if (level > (levels[i - 1] ?? 0) + 1) faults.push(`an h${level} after an h${levels[i - 1] ?? 0}`);
    });
    // Sent twice, neither is a key any more: a form sent again would do its work again.
    for (const { elements, action } of document.forms)
      for (const name of ['_csrf', '_once'])
        if (elements.namedItem(name) instanceof RadioNodeList)
          faults.push(`${name} twice in the form of ${action}`);
    return faults;
  }, locale);
}

/** Elements that make the page wider than its window. */
export function sidewaysFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .filter((element) => !element.closest('.unseen'))
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
    return [`${scrollWidth} px wide in ${clientWidth}: ${[...new Set(wide)].slice(0, 8).join(', ')}`];
  });
}

/** Elements that cut off their own words, other than those which end in … on purpose. */
export function clippedFaults(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && element.textContent?.trim())
      .filter((element) => {
        const style = getComputedStyle(element);
        if (style.overflow === 'visible' || style.textOverflow === 'ellipsis') return false;
        // Read aloud only, or scrolled on purpose.
        if (style.clipPath !== 'none' || /auto|scroll/.test(style.overflow)) return false;
        return (
          element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1
        );
      })
      .map(
        (element) =>
          `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}: ${element.textContent?.trim().slice(0, 40)}`,
      ),
  );
}
