import { request as send } from 'node:http';
import { RecordingFetches } from '../../src/calls/recordings/recording-fetches.service.js';
import { Recordings } from '../../src/calls/recordings/recordings.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { type User } from '../../src/accounts/user.entity.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { anMp3, aWave, startRecordingHost, type FakeRecordingHost } from '../fakes/recordings/host.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { aReport, caller, report } from './reported.js';

let app: TestApp;
let host: FakeRecordingHost;
let ada: User;
let browser: Browser;

beforeAll(async () => {
  host = await startRecordingHost();
  app = await startApp({ env: { CARNET_RECORDING_HOSTS: host.origin } });
  Object.assign(app.get(RecordingFetches).limits, { connectMs: 400, wholeMs: 400, bytes: 200_000 });
});
afterAll(async () => {
  await app.close();
  await host.close();
});
beforeEach(async () => {
  ({ user: ada, browser } = await app.signedIn(caller));
});

/** A voicemail as it was reported. @returns its id */
async function voicemail(recordingUrl: string | null = null, user = ada): Promise<string> {
  const said = aReport(user, { outcome: 'voicemail', seconds: 4, recordingUrl });
  const [answer] = await report(app, user.accountId, said);
  if (answer.result === 'refused') throw new Error(answer.reason);
  return answer.id;
}
const keep = (id: string, bytes: Buffer, user = ada) =>
  inTransaction(app.database, (manager) =>
    app.get(Recordings).keep(manager, { id, accountId: user.accountId, userId: user.id }, bytes),
  );
const fetchAll = () => app.get(JobsWorker).runDue();
const standing = async (id: string) => {
  const [row] = await app.database.query<Record<string, unknown>[]>(
    `SELECT c.recording, c.heardAt, r.problem, r.tries, r.dueAt, r.mediaType, r.sizeBytes FROM calls c
     LEFT JOIN call_recordings r ON r.callId = c.id WHERE c.id = ?`,
    [id],
  );
  return row;
};
const told = async (id: string) => visibleText(await browser.get(`/calls/${id}`));
const waiting = async () =>
  /Calls (\d+)/.exec(visibleText(await browser.get('/calls?tab=voicemail')))?.[1] ?? '0';

/** The answer as it comes over the wire: also of HEAD, and of a part. */
function ask(id: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }>(
    (resolve, reject) => {
      const request = send(
        `${app.url}/calls/${id}/recording`,
        { method, headers: { ...headers, cookie: browser.cookies() } },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              bytes: Buffer.concat(pieces),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end();
    },
  );
}

describe('A recording that is here', () => {
  it('is played by its user, by what its bytes are, and by no one else', async () => {
    const id = await voicemail();
    const sound = aWave();
    await keep(id, sound);
    const answer = await ask(id);
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        ...{ 'content-type': 'audio/wav', 'content-length': String(sound.length), 'accept-ranges': 'bytes' },
        ...{ 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' },
        'content-disposition': expect.stringMatching(
          /^attachment; filename="voicemail-[\d-]+Z\.wav"$/,
        ) as string,
      },
    });
    expect(answer.bytes.equals(sound)).toBe(true);
    const account = await app.database.manager.findOneByOrFail('Account', { id: ada.accountId });
    const admin = await app.browserOf(
      await app.aUser({ accountId: (account as { id: string }).id, ...caller, role: 'owner' }),
    );
    for (const path of ['recording', 'hearing', 'hearing/removal', 'recording/retrieval'])
      expect(
        (await (path === 'recording' ? admin.get : admin.post).call(admin, `/calls/${id}/${path}`)).status,
      ).toBe(404);
    expect((await app.browser().get(`/calls/${id}/recording`)).headers['location']).toMatch(/^\/login/);
    expect((await browser.get('/calls/none/recording')).status).toBe(404);
  });

  it('is given in parts, as a player asks for them', async () => {
    const id = await voicemail();
    const sound = anMp3(10);
    await keep(id, sound);
    const part = await ask(id, { range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers).toMatchObject({
      'content-range': `bytes 100-199/${sound.length}`,
      'content-length': '100',
    });
    expect(part.bytes.equals(sound.subarray(100, 200))).toBe(true);
    expect((await ask(id, { range: 'bytes=-10' })).bytes.equals(sound.subarray(-10))).toBe(true);
    expect(await ask(id, { range: `bytes=${sound.length}-` })).toMatchObject({
      ...{ status: 416, headers: { 'content-range': `bytes */${sound.length}` } },
    });
    const etag = part.headers['etag'] as string;
    expect((await ask(id, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    expect((await ask(id, { range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
    const head = await ask(id, { range: 'bytes=0-1' }, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(sound.length) } });
    expect(head.bytes).toHaveLength(0);
  });

  it('is another one where another is sent, and the same where it is sent again', async () => {
    const id = await voicemail();
    expect(await keep(id, aWave())).toBe(true);
    expect(await keep(id, aWave())).toBe(false);
    expect(await keep(id, anMp3())).toBe(true);
    expect((await ask(id)).headers['content-type']).toBe('audio/mpeg');
  });

  it.each([
    ['too large', Buffer.concat([aWave(), Buffer.alloc(5 * 1024 * 1024)]), 'recordings.refused.too-large'],
    ['a page', Buffer.from('<html>'), 'recordings.refused.not-audio'],
    ['cut short', aWave().subarray(0, 100), 'recordings.refused.cut'],
    ['empty', Buffer.alloc(0), 'recordings.refused.empty'],
  ])('is refused when it is %s, and nothing is kept', async (_, bytes, key) => {
    const id = await voicemail();
    await expect(keep(id, bytes)).rejects.toMatchObject({ status: 422, key });
    expect(await standing(id)).toMatchObject({ recording: null, mediaType: null });
  });

  it('is named in the file of one’s own calls, with the address it is downloaded from', async () => {
    const id = await voicemail();
    await voicemail();
    await keep(id, aWave());
    const file = await browser.download('/calls/my-data.csv');
    const [, ...rows] = file.body.toString('utf8').trim().split('\r\n');
    expect(rows.map((row: string) => row.split(',').at(-1))).toEqual([
      `${app.url}/calls/${id}/recording`,
      '',
    ]);
  });

  it('goes with its call into the bin and comes back with it', async () => {
    const id = await voicemail();
    await keep(id, aWave());
    await browser.post('/calls/selection', { act: 'delete', ids: id });
    expect((await ask(id)).status).toBe(404);
    expect((await browser.post(`/calls/${id}/hearing`)).status).toBe(404);
    await browser.post('/calls/trash/restoration', { ids: id });
    expect((await ask(id)).status).toBe(200);
  });

  it('is closed while calling is off, and there again after', async () => {
    const id = await voicemail();
    await keep(id, aWave());
    await app.database.query("UPDATE users SET type = 'basic' WHERE id = ?", [ada.id]);
    expect((await ask(id)).status).toBe(403);
    await app.database.query("UPDATE users SET type = 'licensed' WHERE id = ?", [ada.id]);
    expect((await ask(id)).status).toBe(200);
  });
});

describe('A voicemail', () => {
  it('counts in the navigation until it is marked as heard, and again when it is not', async () => {
    const id = await voicemail();
    await keep(id, aWave());
    expect(await waiting()).toBe('1');
    const list = await browser.get('/calls?tab=voicemail');
    expect(list.text).toContain(
      `<audio class="recording__player" controls preload="none" src="/calls/${id}/recording"`,
    );
    const heard = await browser.post(`/calls/${id}/hearing?to=${encodeURIComponent('/calls?tab=voicemail')}`);
    expect(heard.headers['location']).toBe('/calls?tab=voicemail');
    expect(visibleText(await browser.follow(heard))).toContain('Marked as heard');
    expect(await waiting()).toBe('0');
    // What its message undoes it by.
    await browser.post(`/calls/${id}/hearing/removal`);
    expect(await waiting()).toBe('1');
  });

  it('is marked once, however often the button is pressed, and only where there is something to hear', async () => {
    const id = await voicemail();
    const answers = await Promise.all([
      browser.post(`/calls/${id}/hearing`),
      browser.post(`/calls/${id}/hearing`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const { heardAt } = await standing(id);
    await browser.post(`/calls/${id}/hearing`);
    expect((await standing(id)).heardAt).toEqual(heardAt);
    const [missed] = await report(app, ada.accountId, aReport(ada));
    if (missed.result === 'refused') throw new Error(missed.reason);
    await browser.post(`/calls/${missed.id}/hearing`);
    expect((await standing(missed.id)).heardAt).toBeNull();
  });

  it('leads back to pages of calls alone', async () => {
    const id = await voicemail();
    for (const to of ['//evil.example', '/users', '/calls/../users', 'https://evil.example', '/callsx'])
      expect(
        (await browser.post(`/calls/${id}/hearing?to=${encodeURIComponent(to)}`)).headers['location'],
      ).toBe(`/calls/${id}`);
  });

  it('says so when there is no recording', async () => {
    expect(await told(await voicemail())).toContain('sent no recording');
  });
});

describe('A recording at a host', () => {
  it('is fetched, whatever the host calls it, and asked for once', async () => {
    const url = host.answer('/good', (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(aWave()),
    );
    const id = await voicemail(`${url}?signature=s3cret`);
    expect(await told(id)).toContain('being fetched');
    await fetchAll();
    expect(await standing(id)).toMatchObject({
      recording: 'kept',
      mediaType: 'audio/wav',
      problem: null,
      dueAt: null,
    });
    expect((await ask(id)).headers['content-type']).toBe('audio/wav');
    const before = host.asked.length;
    await fetchAll();
    expect(host.asked).toHaveLength(before);
    expect((await browser.get(`/calls/${id}`)).text).not.toContain('s3cret');
  });

  const answers: [string, string, (url: string) => string, Parameters<FakeRecordingHost['answer']>[1]][] = [
    [
      'a page that says it is sound',
      'not-audio',
      String,
      (_, to) => to.writeHead(200, { 'content-type': 'audio/wav' }).end('<html>'),
    ],
    ['nothing', 'empty', String, (_, to) => to.end()],
    [
      'half of what it announced',
      'cut',
      String,
      (_, to) => {
        to.writeHead(200, { 'content-length': 1644 });
        to.write(aWave().subarray(0, 500), () => to.destroy());
      },
    ],
    ['the beginning as if it were all', 'cut', String, (_, to) => to.end(aWave().subarray(0, 500))],
    ['that it is not there', 'not-found', String, (_, to) => to.writeHead(404).end(aWave())],
    ['that it is not for us', 'not-allowed', String, (_, to) => to.writeHead(401).end()],
    ['that it has trouble', 'busy', String, (_, to) => to.writeHead(503).end()],
    ['nothing for too long', 'too-slow', String, () => undefined],
    [
      'a drop at a time',
      'too-slow',
      String,
      (_, to) => {
        to.writeHead(200);
        const drop = setInterval(() => to.write('R'), 20);
        to.on('close', () => clearInterval(drop));
      },
    ],
    [
      'compressed',
      'not-audio',
      String,
      (_, to) => to.writeHead(200, { 'content-encoding': 'gzip' }).end(aWave()),
    ],
  ];
  it.each(answers)('that answers %s is asked again later: %s', async (_, problem, urlOf, answer) => {
    const id = await voicemail(
      urlOf(host.answer(`/${problem}-${answers.findIndex((each) => each[3] === answer)}`, answer)),
    );
    await fetchAll();
    expect(await standing(id)).toMatchObject({
      recording: 'asked',
      problem,
      tries: 1,
      dueAt: expect.any(Date) as Date,
    });
    expect(await told(id)).toContain('asked for again on');
  });

  const lasting: [string, string, () => string][] = [
    [
      'sends elsewhere',
      'redirect',
      () => host.answer('/redirect', (_, to) => to.writeHead(302, { location: `${host.origin}/good` }).end()),
    ],
    [
      'announces too much',
      'too-large',
      () =>
        host.answer('/large', (_, to) => {
          to.writeHead(200, { 'content-length': 200_001 });
          to.flushHeaders();
        }),
    ],
    [
      'never ends',
      'too-large',
      () =>
        host.answer('/endless', (_, to) => {
          to.writeHead(200);
          const more = () => {
            while (!to.destroyed && to.write(Buffer.alloc(65_536)));
          };
          to.on('drain', more);
          more();
        }),
    ],
    ['is not listed', 'not-listed', () => 'https://pbx.example.org/v.wav'],
    ['is listed with another port', 'not-listed', () => host.origin.replace(/\d+$/, '9')],
    ['is asked for with a password', 'credentials', () => `${host.origin.replace('://', '://bob:pw@')}/good`],
    ['is a file', 'address', () => 'file:///etc/passwd'],
    ['is no address', 'address', () => 'voicemail 7'],
  ];
  it.each(lasting)('that %s is given up at once: %s', async (_, problem, urlOf) => {
    const before = host.asked.length;
    const id = await voicemail(urlOf());
    await fetchAll();
    expect(await standing(id)).toMatchObject({ recording: 'failed', problem, dueAt: null });
    expect(host.asked.length - before).toBe(['redirect', 'too-large'].includes(problem) ? 1 : 0);
    expect(await told(id)).toMatch(/could not be fetched: .* Try again/);
  });

  it('that never gives it is given up after six times, and asked again by whoever wants it', async () => {
    const url = host.answer('/away', (_, to) => to.writeHead(503).end());
    const id = await voicemail(url);
    for (let tries = 1; tries <= 6; tries++) {
      await app.database.query(
        'UPDATE call_recordings SET dueAt = NOW() WHERE callId = ? AND dueAt IS NOT NULL',
        [id],
      );
      await app.database.query(
        "UPDATE jobs SET runAt = NOW() WHERE kind = 'call-recordings.fetch' AND state = 'waiting'",
      );
      await fetchAll();
      expect(await standing(id)).toMatchObject({ tries, recording: tries < 6 ? 'asked' : 'failed' });
    }
    host.answer('/away', (_, to) => to.end(anMp3()));
    const answers = await Promise.all([
      browser.post(`/calls/${id}/recording/retrieval`),
      browser.post(`/calls/${id}/recording/retrieval`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    await fetchAll();
    expect(await standing(id)).toMatchObject({ recording: 'kept', mediaType: 'audio/mpeg', problem: null });
    expect(
      visibleText(await browser.follow(await browser.post(`/calls/${id}/recording/retrieval`))),
    ).toContain('here already');
  });

  it('is asked anew when the telephone system names another address, and not for the same one', async () => {
    let answered = 0;
    const url = host.answer('/again', (_, to) => {
      answered++;
      to.end(aWave());
    });
    const said = aReport(ada, { outcome: 'voicemail', recordingUrl: url });
    await report(app, ada.accountId, said, said);
    await report(app, ada.accountId, { ...said, seconds: 9 });
    await fetchAll();
    await report(app, ada.accountId, said);
    await fetchAll();
    expect(answered).toBe(1);
    await report(app, ada.accountId, { ...said, recordingUrl: `${url}?v=2` });
    await fetchAll();
    expect(answered).toBe(2);
  });

  it('comes too late where another one was sent meanwhile', async () => {
    let id = '';
    const url = host.answer('/late', (_, to) => {
      void keep(id, anMp3()).then(() => to.end(aWave()));
    });
    id = await voicemail(url);
    await fetchAll();
    expect(await standing(id)).toMatchObject({ recording: 'kept', mediaType: 'audio/mpeg', dueAt: null });
  });

  it('stands in no job and no log with its address', async () => {
    await voicemail(host.answer('/jobs', (_, to) => to.writeHead(503).end()) + '?key=s3cret');
    await fetchAll();
    const jobs = await app.database.query<{ said: string }[]>(
      "SELECT CONCAT(payload, COALESCE(lastError, '')) AS said FROM jobs WHERE kind = 'call-recordings.fetch'",
    );
    expect(jobs.map(({ said }) => said).join()).not.toMatch(/s3cret|127\.0\.0\.1/);
  });
});

describe('Whose recordings they are', () => {
  const kept = (id: string) =>
    app.database.query<object[]>('SELECT userId, accountId FROM call_recordings WHERE callId = ?', [id]);

  it('is decided by whose calls they are: they move with them', async () => {
    const id = await voicemail();
    await keep(id, aWave());
    const { user: moved, browser: theirs } = await app.signedIn(caller);
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).moved.tell({
        manager,
        from: { accountId: ada.accountId, userId: ada.id },
        to: { accountId: moved.accountId, userId: moved.id },
      }),
    );
    expect(await kept(id)).toEqual([{ userId: moved.id, accountId: moved.accountId }]);
    expect((await theirs.get(`/calls/${id}/recording`)).status).toBe(200);
    expect((await browser.get(`/calls/${id}/recording`)).status).toBe(404);
  });

  it('is nobody once they were erased', async () => {
    const id = await voicemail();
    await keep(id, aWave());
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).erased.tell({ manager, accountId: ada.accountId, userIds: [ada.id] }),
    );
    expect(await kept(id)).toEqual([]);
  });
});
