/** Which browser on which system, as far as a `User-Agent` tells; null for what is none we know. */
export function readUserAgent(text: string): { browser: string | null; system: string | null } {
  const named = (list: [name: string, sign: RegExp][]) =>
    list.find(([, sign]) => sign.test(text))?.[0] ?? null;
  return { browser: named(browsers), system: named(systems) };
}

// Browsers name the ones they descend from, so the youngest is looked for first.
const browsers: [string, RegExp][] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\b(OPR|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS|Chromium)\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
];

const systems: [string, RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];
