import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { Photos } from '../../src/accounts/photos.service.js';
import { limits } from '../../src/config/limits.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const upload = (browser: Browser, bytes: Buffer | string, name = 'me.jpg', type = 'image/jpeg') =>
  browser.upload('/profile/photo', { field: 'photo', name, bytes, type });

/** 600 by 400, turned by its EXIF, with a place in it. */
function aPhoto(format: 'jpeg' | 'png' | 'webp' | 'avif' = 'jpeg'): Promise<Buffer> {
  return sharp({ create: { width: 600, height: 400, channels: 3, background: '#2f6b1e' } })
    .withExif({ IFD0: { Copyright: 'SecretPlace', Orientation: '6' } })
    .toFormat(format)
    .toBuffer();
}

async function photoOf(browser: Browser, id: string): Promise<string | undefined> {
  return /class="avatar avatar--large" src="([^"]+)"/.exec((await browser.get(`/contacts/${id}`)).text)?.[1];
}

async function message(browser: Browser, answer: Answer): Promise<string> {
  expect([answer.status, answer.headers['location']]).toEqual([303, '/profile']);
  return visibleText(await browser.follow(answer));
}

describe('a photo', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'is taken as %s and kept small, square and bare',
    async (format) => {
      const { browser, user } = await app.signedIn();
      expect(await message(browser, await upload(browser, await aPhoto(format)))).toContain('Photo saved.');
      const url = await photoOf(browser, user.id);
      expect(url).toMatch(/^\/photos\/[0-9a-f]{64}$/);
      const answer = await browser.download(url ?? '');
      expect(answer.headers['content-type']).toBe('image/webp');
      expect(answer.body.length).toBeLessThanOrEqual(limits.photoBytes);
      expect(answer.body.includes('SecretPlace')).toBe(false);
      const { width, height, exif, format: kept } = await sharp(answer.body).metadata();
      expect({ width, height, exif, kept }).toEqual({
        width: 256,
        height: 256,
        exif: undefined,
        kept: 'webp',
      });
    },
  );

  it('is chosen on the profile, and taken away there once there is one', async () => {
    const { browser } = await app.signedIn();
    const before = await browser.get('/profile');
    expect(before.text).toContain('action="/profile/photo" enctype="multipart/form-data"');
    expect(before.text).not.toContain('/profile/photo/deletion');
    const after = await browser.follow(await upload(browser, await aPhoto()));
    expect(after.text).toContain('action="/profile/photo/deletion"');
    expect(after.text).toMatch(/class="avatar avatar--large" src="\/photos\/[0-9a-f]{64}"/);
  });

  it('stays below 64 kB even when it is nothing but noise', async () => {
    const { browser, user } = await app.signedIn();
    const noise = await sharp({
      create: {
        width: 800,
        height: 800,
        channels: 3,
        background: '#777777',
        noise: { type: 'gaussian', mean: 128, sigma: 120 },
      },
    })
      .jpeg({ quality: 95 })
      .toBuffer();
    await upload(browser, noise);
    const answer = await browser.download((await photoOf(browser, user.id)) ?? '');
    expect(answer.body.length).toBeLessThanOrEqual(limits.photoBytes);
  });

  it('may be kept by the browser of a colleague, and is not there for anybody else', async () => {
    const { browser, user, account } = await app.signedIn();
    await upload(browser, await aPhoto());
    const url = (await photoOf(browser, user.id)) ?? '';
    const colleague = (await app.signedIn({ account })).browser;
    const answer = await colleague.get(url);
    expect(answer.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    const again = await colleague.with('If-None-Match', String(answer.headers['etag'])).get(url);
    expect(again.status).toBe(304);
    expect((await (await app.signedIn()).browser.get(url)).status).toBe(404);
    expect((await app.browser().get(url)).status).toBe(303);
    expect((await browser.get('/photos/..%2f')).status).toBe(404);
  });

  it('is taken away and brought back', async () => {
    const { browser, user } = await app.signedIn();
    await upload(browser, await aPhoto());
    const url = await photoOf(browser, user.id);
    const page = await browser.follow(await browser.post('/profile/photo/deletion'));
    expect(await photoOf(browser, user.id)).toBeUndefined();
    const undo = /action="(\/profile\/photo\/restorations\/[^"]+)"/.exec(page.text)?.[1] ?? '';
    const other = (await app.signedIn()).browser;
    expect((await other.post(undo)).status).toBe(404);
    expect(await message(browser, await browser.post(undo))).toContain('The photo from before is back.');
    expect(await photoOf(browser, user.id)).toBe(url);
    expect((await browser.post(undo)).status).toBe(409);
  });

  it('goes once nobody has had it for 30 days, and not before', async () => {
    const [one, other] = [await app.signedIn(), await app.signedIn()];
    const days = (count: number) => Date.now() + count * 86_400_000;
    const shown = async ({ browser }: typeof one, url = '') => (await browser.download(url)).status;
    await upload(one.browser, await aPhoto());
    await upload(other.browser, await aPhoto());
    const url = await photoOf(one.browser, one.user.id);
    await one.browser.post('/profile/photo/deletion');
    await app.get(Photos).sweep(days(29));
    expect(await shown(one, url)).toBe(200);
    await app.get(Photos).sweep(days(31));
    expect([await shown(one, url), await shown(other, url)]).toEqual([404, 200]);
  });

  it('that two people had stays with the one who still has it', async () => {
    const account = await app.anAccount();
    const [one, other] = [await app.signedIn({ account }), await app.signedIn({ account })];
    for (const { browser } of [one, other]) await upload(browser, await aPhoto());
    const url = (await photoOf(other.browser, other.user.id)) ?? '';
    await one.browser.post('/profile/photo/deletion');
    await app.get(Photos).sweep(Date.now() + 31 * 86_400_000);
    expect((await other.browser.download(url)).status).toBe(200);
  });

  it('is refused without a form token, and then nothing changes', async () => {
    const { browser, user } = await app.signedIn();
    const answer = await browser.upload(
      '/profile/photo',
      { field: 'photo', name: 'me.jpg', bytes: await aPhoto(), type: 'image/jpeg' },
      { _csrf: 'forged' },
    );
    expect(answer.status).toBe(403);
    expect(await photoOf(browser, user.id)).toBeUndefined();
  });
});

describe('a file that is no photo', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const gif = Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([255, 255, 255, 255, 0, 0, 0, 0x2c]),
    Buffer.alloc(64),
  ]);

  it.each([
    ['a drawing', svg, 'is not a JPEG, PNG, WebP or AVIF picture'],
    ['a drawing called a photo', `\ufeff${svg}`, 'is not a JPEG'],
    ['an animation', gif, 'is not a JPEG'],
    ['a page', '<!doctype html><script>alert(1)</script>', 'is not a JPEG'],
    ['next to nothing', 'x', 'is not a JPEG'],
    [
      'a beginning without an end',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(99)]),
      'cannot be read',
    ],
    [
      'a drawing behind the first bytes of a PNG',
      Buffer.concat([pngSignature(), Buffer.from(svg)]),
      'cannot be read',
    ],
    ['a picture of 900 million pixels in 2 kB', bomb(30_000, 30_000), 'more than 50 million pixels'],
    ['nothing', '', 'Choose a photo first'],
  ])('is refused in words: %s', async (_, bytes, said) => {
    const { browser, user } = await app.signedIn();
    expect(await message(browser, await upload(browser, bytes))).toContain(said);
    expect(await photoOf(browser, user.id)).toBeUndefined();
  });

  it('is refused when cut off in the middle', async () => {
    const { browser } = await app.signedIn();
    const whole = await sharp({
      create: {
        width: 900,
        height: 900,
        channels: 3,
        background: '#fff',
        noise: { type: 'gaussian', mean: 99, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    expect(await message(browser, await upload(browser, whole.subarray(0, whole.length / 2)))).toContain(
      'cannot be read',
    );
  });

  it('is refused above 5 MB, with the limit named', async () => {
    const { browser } = await app.signedIn();
    const answer = await upload(browser, Buffer.alloc(limits.photoUploadBytes + 1, 0xff));
    expect(await message(browser, answer)).toContain('larger than 5 MB');
  });
});

function pngSignature(): Buffer {
  return Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
}

/** A PNG that says it is this large, with next to no data. */
function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    pngSignature(),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}
