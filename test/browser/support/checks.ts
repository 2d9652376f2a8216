import axe, { type AxeResults } from 'axe-core';
import { type Page } from 'playwright-core';

/** WCAG 2.0 to 2.2, levels A and AA. */
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds wrong, one line for each element, with the rule and its remedy. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // The debugger's evaluation is not bound by the page's policy, so that the page keeps the one it is served with.
  await page.evaluate(`${axe.source}; undefined`);
  const { violations } = await page.evaluate<AxeResults, string[]>(
    (values) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: { type: 'tag', values },
        // Off unless asked for by name: controls of 24 px at least, or with room around them.
        rules: { 'target-size': { enabled: true } },
        resultTypes: ['violations'],
      }),
    standards,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}\n  at ${target.join(' ')}\n  ${failureSummary ?? ''}`,
    ),
  );
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
