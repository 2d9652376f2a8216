#!/usr/bin/env node
/*
 * npm run screenshots: walks the story of a first day (lib/story.mjs), the tours of administering people (lib/tour.mjs),
 * of personal contacts (lib/contacts-tour.mjs), of external ones (lib/external-tour.mjs), of mailboxes
 * (lib/integrations-tour.mjs) and of calls (lib/calls-tour.mjs) in Chromium on databases of their own and writes docs/images/*.png, each step in English and
 * French, light and dark; narrow pages at 320 px besides. Pictures are small (a palette of colours, no picture over 150 kB).
 * `npm run screenshots -- card` writes only the pictures whose name contains a word; `-- --tour=integrations` walks that tour
 * alone (story, calls, external, integrations, people; the last one has personal contacts too).
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { carnet, freePort, startApplication } from './bench/application.mjs';
import { build } from './lib/build.mjs';
import { findOrInstallChromium } from './lib/chromium.mjs';
import { CleanUp, stopSignal } from './lib/clean-up.mjs';
import { walkCallsTour } from './lib/calls-tour.mjs';
import { walkContactsTour } from './lib/contacts-tour.mjs';
import { walkExternalTour } from './lib/external-tour.mjs';
import { walkIntegrationsTour } from './lib/integrations-tour.mjs';
import { Interrupted, Problem } from './lib/problem.mjs';
import { root } from './lib/root.mjs';
import { stepsOn } from './lib/steps.mjs';
import { walkStory } from './lib/story.mjs';
import { openThrowawayDatabase } from './lib/throwaway-database.mjs';
import { walkTour } from './lib/tour.mjs';
import { fillCalendar } from '../test/fakes/demo/exchange.js';
import { startGoogle } from '../test/fakes/demo/google.js';
import { startMicrosoft } from '../test/fakes/demo/microsoft.js';
import { fillMailbox, password, people } from '../test/fakes/exchange/demo-people.js';
import { startFakeExchange } from '../test/fakes/exchange/server.js';

const folder = path.join(root, 'docs', 'images');
const LIMIT_BYTES = 150_000;
const wide = { width: 1280, height: 800 };
const narrow = { width: 320, height: 640 };
/** Steps whose page is shown on a phone as well. */
const alsoNarrow = [
  ...['import-check', 'search', 'contacts', 'personal-contacts', 'external-contacts'],
  ...['cloud-contacts', 'cloud-conflicts', 'calendar', 'home', 'calls', 'search-everywhere'],
];
/** Steps whose page is shown to its end. */
const whole = [
  ...['user', 'update-check', 'personal-contact', 'contacts-import-check', 'contacts-duplicates'],
  ...['external-contact', 'external-invite', 'signup'],
  ...['cloud-contact', 'sync-run-undo', 'sync-brake', 'disconnection', 'integrations-exchange'],
  ...['integrations-google', 'calendars', 'calendar-event', 'card-busy'],
  ...['person-card', 'calls-import-check'],
];

/** Resolves when every picture in the window is there: those further down may wait until somebody scrolls. */
const SHOWN = `Promise.all([...document.images]
  .filter((image) => image.getBoundingClientRect().top < innerHeight)
  .map((image) => image.decode().catch(() => undefined)))`;

process.exitCode = await main(process.argv.slice(2));
process.exit();

async function main(args) {
  const words = args.filter((arg) => !arg.startsWith('--tour='));
  const tours = args.filter((arg) => arg.startsWith('--tour=')).map((arg) => arg.slice('--tour='.length));
  const isWalked = (tour) => tours.length === 0 || tours.includes(tour);
  const cleanUp = new CleanUp();
  const { step } = stepsOn(process.stdout);
  const signal = stopSignal();
  try {
    const program = await step('Browser', async (note) => {
      const found = await findOrInstallChromium({ note, signal });
      if (!found.program) throw new Problem(`There is ${found.missing}.`);
      return [found.program, found.program];
    });
    const server = await step('Database', async (note) => {
      const database = await openThrowawayDatabase('test', { note, signal });
      cleanUp.add(() => database.close());
      return [database.outcome, database.url];
    });
    await step('Build', (note) => build({ note, signal }));
    mkdirSync(folder, { recursive: true });
    const browsers = {};
    for (const locale of ['en', 'fr']) {
      // The words of Chromium's own controls follow what it is started with.
      const args = [`--lang=${locale}`];
      const env = { ...process.env, LANGUAGE: locale };
      browsers[locale] = await chromium.launch({ executablePath: program, args, env });
      cleanUp.add(() => browsers[locale].close());
    }
    for (const [locale, browser] of Object.entries(isWalked('story') ? browsers : {})) {
      await step(`Story, ${locale}`, async (note) => {
        const written = await story({ locale, browser, server, words, note });
        return [`${written} pictures`];
      });
    }
    await step('Demonstration', async (note) => {
      const written = await demonstration({ browsers, server, words, note, isWalked });
      return [`${written} pictures`];
    });
    return 0;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Interrupted)) throw error;
    if (error.lines) console.error(error.lines);
    console.error(error.message || 'Interrupted');
    return 1;
  } finally {
    await cleanUp.run();
  }
}

/** The first day in one language. @returns how many pictures were written */
async function story({ locale, browser, server, words, note }) {
  return withCarnet(server, `screenshots_${locale}`, async ({ application }) => {
    let written = 0;
    await walkStory({
      origin: application.origin,
      setUpPath: new URL(application.setUpLink).pathname,
      file: path.join(root, 'test', 'data', 'users-2000.csv'),
      locale,
      scripts: true,
      newPage: async () => (await contextFor(browser, locale)).newPage(),
      async at(name, page) {
        note(name);
        written += await photograph(page, `${name}.${locale}`, { words, name });
      },
    });
    return written;
  });
}

/** The tours of the companies of `npm run demo`, in both languages. */
async function demonstration({ browsers, server, words, note, isWalked }) {
  const port = await freePort();
  const back = (provider) => `http://localhost:${port}/integrations/${provider}/callback`;
  const exchange = await standInExchange();
  const google = await startGoogle(null, [0, 0], back('google'));
  const microsoft = await startMicrosoft(null, [0, 0], back('office365'));
  const known = {
    ...{ CARNET_EWS_ALLOWED_HOSTS: exchange.origin, DEMO_EXCHANGE: exchange.url },
    ...{ ...google.env, ...microsoft.env },
  };
  const walk = async ({ env, application }) => {
    await carnet(env, 'seed-demo');
    let written = 0;
    const tourIn = async (locale) => ({
      origin: application.origin,
      locale,
      page: await (await contextFor(browsers[locale], locale)).newPage(),
      async at(name, page) {
        note(`${name}.${locale}`);
        written += await photograph(page, `${name}.${locale}`, { words, name });
      },
    });
    // First, of both companies: the other tours change who is there.
    for (const locale of Object.keys(browsers)) {
      if (isWalked('calls')) await walkCallsTour(await tourIn(locale));
      if (isWalked('external')) await walkExternalTour(await tourIn(locale));
      if (isWalked('integrations'))
        await walkIntegrationsTour({ ...(await tourIn(locale)), exchange, google });
    }
    for (const locale of isWalked('people') ? Object.keys(browsers) : []) {
      const tour = await tourIn(locale);
      await walkTour(tour);
      await walkContactsTour(tour);
    }
    return written;
  };
  try {
    return await withCarnet(server, 'screenshots_demo', walk, { ...known, port });
  } finally {
    await Promise.all([exchange.close(), google.close(), microsoft.close()]);
  }
}

/** The mailboxes of the demonstration, here, so that a tour can change them as Outlook would. */
async function standInExchange() {
  const users = people.map(({ email, domain, language }) => ({ email, domain, language, password }));
  // A port as `npm run demo` has it: pages show it.
  const listen = (port) => startFakeExchange({ users, auth: ['NTLM'], forgetBodies: true, port });
  const exchange = await listen(3090).catch(() => listen(0));
  for (const person of people) {
    fillMailbox(exchange.mailbox(person.email), person);
    fillCalendar(exchange.mailbox(person.email), person.language);
  }
  return exchange;
}

/** Carnet running on an empty database of its own, on a port of its own unless one is named. */
async function withCarnet(server, schema, act, { port, ...more } = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'carnet-screenshots-'));
  const url = new URL(server);
  url.pathname = `/${schema}`;
  const env = { ...more, DATABASE_URL: url.href, DATA_DIR: dataDir, WORKER: 'on' };
  try {
    await carnet(env, 'migrate');
    const application = await startApplication(env, port);
    try {
      return await act({ env, application });
    } finally {
      await application.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function contextFor(browser, locale) {
  return browser.newContext({
    ...{ viewport: wide, deviceScaleFactor: 1, colorScheme: 'light', reducedMotion: 'reduce' },
    ...{ locale: locale === 'fr' ? 'fr-FR' : 'en-GB', timezoneId: 'Europe/Paris' },
  });
}

/** Light and dark, on a phone as well if asked. The page is left as it was. */
async function photograph(page, file, { words, name }) {
  let written = 0;
  for (const [suffix, size] of [['', wide], ...(alsoNarrow.includes(name) ? [['.320', narrow]] : [])]) {
    await page.setViewportSize(size);
    for (const scheme of ['light', 'dark']) {
      const picture = `${file}${suffix}.${scheme}.png`;
      if (words.length > 0 && !words.some((word) => picture.includes(word))) continue;
      await page.emulateMedia({ colorScheme: scheme });
      // An address that names a part of the page means that part.
      await page.evaluate('location.hash || scrollTo(0, 0)');
      await page.evaluate(SHOWN);
      const fullPage = whole.includes(name) && suffix === '';
      const png = await page.screenshot({ animations: 'disabled', caret: 'hide', fullPage });
      await save(png, path.join(folder, picture));
      written += 1;
    }
  }
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: 'light' });
  return written;
}

/** As a palette picture: the fewest colours are taken that make it small enough. */
async function save(png, file) {
  for (const colours of [256, 128, 64]) {
    await sharp(png).png({ palette: true, colours, effort: 10, dither: 0.3 }).toFile(file);
    if (statSync(file).size <= LIMIT_BYTES) return;
  }
  throw new Problem(`${path.basename(file)} stays larger than ${LIMIT_BYTES} bytes`);
}
