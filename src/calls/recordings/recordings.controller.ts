import { Controller, Get, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { localPath } from '../../auth/local-path.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { redirect, type Message, type Redirect } from '../../web/answers.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { byteRangeOf } from './byte-range.js';
import { Hearing } from './hearing.service.js';
import { hearingPath } from './recording.view.js';
import { Recordings, type KeptRecording } from './recordings.service.js';

/** What was said in one's own calls. */
@Member()
@NeedsFeature('phone')
@Controller('calls/:id')
export class RecordingsController {
  constructor(
    private readonly recordings: Recordings,
    private readonly hearing: Hearing,
  ) {}

  /** The sound, or the part of it that is asked for; HEAD says how long it is. */
  @Get('recording')
  async sound(
    @CurrentUser() { id: userId }: SignedIn,
    @Param('id') id: string,
    @Headers('range') range: string | undefined,
    @Headers('if-range') ifRange: string | undefined,
    @Req() { method }: Request,
    @Res() response: Response,
  ): Promise<void> {
    const recording = await this.recordings.find(userId, id);
    const { sizeBytes, hash, mediaType } = recording;
    const etag = `"${hash}"`;
    // A part is only of use to whoever holds the rest of the same recording (RFC 9110 §13.1.5).
    const wanted = method === 'GET' && (ifRange === undefined || ifRange === etag) ? range : undefined;
    const part = byteRangeOf(wanted, sizeBytes);
    response.set({
      ...{ 'Accept-Ranges': 'bytes', 'Cache-Control': 'private, no-store', ETag: etag },
      ...{ 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin' },
      'Content-Disposition': `attachment; filename="${fileName(recording)}"`,
    });
    if (part === 'none') {
      response.status(416).set('Content-Range', `bytes */${sizeBytes}`).end();
      return;
    }
    const { from, to } = part === 'whole' ? { from: 0, to: sizeBytes - 1 } : part;
    if (part !== 'whole') response.status(206).set('Content-Range', `bytes ${from}-${to}/${sizeBytes}`);
    response.set({ 'Content-Type': mediaType, 'Content-Length': String(to - from + 1) });
    response.end(method === 'HEAD' ? undefined : await this.recordings.read(recording, from, to - from + 1));
  }

  /** Asks the telephone system for a recording once more. */
  @Post('recording/retrieval')
  async askAgain(
    @CurrentUser() { id: userId, accountId }: SignedIn,
    @Param('id') id: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const asked = await this.recordings.askAgain(userId, accountId, id);
    const message: Message = asked
      ? { kind: 'success', key: 'recordings.asked-again' }
      : { kind: 'notice', key: 'recordings.nothing-to-ask' };
    return redirect(back(to, id), message);
  }

  @Post('hearing')
  async hear(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Query('to') to: unknown,
    @Query('by') by: unknown,
  ): Promise<Redirect> {
    const changed = await this.hearing.mark(user, id, true);
    // Played: nothing more is to be said of it.
    if (by === 'player') return redirect(back(to, id));
    return redirect(
      back(to, id),
      told('recordings.heard-said', changed, hearingPath(id, false, back(to, id))),
    );
  }

  /** As if it had not been heard. */
  @Post('hearing/removal')
  async unhear(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const changed = await this.hearing.mark(user, id, false);
    return redirect(
      back(to, id),
      told('recordings.unheard-said', changed, hearingPath(id, true, back(to, id))),
    );
  }
}

/** Sent twice, it says the same; only the first can be taken back by it. */
function told(key: string, changed: boolean, undo: string): Message {
  return { kind: 'success', key, ...(changed ? { undo } : {}) };
}

/** Where the button stood: a page of calls. */
function back(to: unknown, id: string): string {
  const path = localPath(to);
  return path !== null && /^\/calls(?![^/?])/.test(path) && !path.includes('/.') ? path : `/calls/${id}`;
}

/** ASCII, made of nothing anybody typed. */
function fileName({ startedAt, mediaType }: KeptRecording): string {
  const moment = startedAt.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `voicemail-${moment}Z.${mediaType === 'audio/wav' ? 'wav' : 'mp3'}`;
}
