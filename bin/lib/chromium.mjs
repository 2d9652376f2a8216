import { findProgram, installWithApt, isExecutable } from './system-packages.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const usualPlaces = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/opt/homebrew/bin'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns {string | null} the path of an installed Chromium or Chrome */
export function findChromium() {
  for (const name of names) {
    const found = findProgram(name, usualPlaces);
    if (found) return found;
  }
  return applications.find(isExecutable) ?? null;
}

/** @returns {Promise<{ program: string } | { missing: string }>} `missing` says why there is none */
export async function findOrInstallChromium({ note, signal }) {
  const found = findChromium();
  if (found) return { program: found };
  note('installing Chromium');
  const refusal = await installWithApt(['chromium'], signal);
  const program = findChromium();
  return program
    ? { program }
    : {
        missing: `no Chromium or Chrome here, and it could not be installed (${refusal ?? 'not found afterwards'})`,
      };
}
