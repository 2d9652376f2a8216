import { audioTypeOf } from './audio.js';
import { anMp3, aWave } from '../../../test/fakes/recordings/host.js';

const spoilt = (bytes: Buffer, at: number, text: string) => {
  const copy = Buffer.from(bytes);
  copy.write(text, at, 'latin1');
  return copy;
};

describe('What a recording is', () => {
  it('is told by its bytes: WAV, and MP3 with or without a tag', () => {
    expect(audioTypeOf(aWave())).toBe('audio/wav');
    expect(audioTypeOf(anMp3())).toBe('audio/mpeg');
    expect(audioTypeOf(anMp3(4, true))).toBe('audio/mpeg');
    expect(audioTypeOf(anMp3(1))).toBe('audio/mpeg');
    expect(audioTypeOf(Buffer.concat([anMp3(2), Buffer.from(`TAG${' '.repeat(125)}`)]))).toBe('audio/mpeg');
  });

  it('is also a WAV whose length was not known when it was begun, and one with other parts before its sound', () => {
    const open = aWave();
    open.writeUInt32LE(0xffffffff, 4);
    open.writeUInt32LE(0xffffffff, 40);
    expect(audioTypeOf(open)).toBe('audio/wav');
    const wave = aWave();
    const list = Buffer.from('LIST\x05\x00\x00\x00INFO.\x00', 'latin1');
    expect(audioTypeOf(Buffer.concat([wave.subarray(0, 36), list, wave.subarray(36)]))).toBe('audio/wav');
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['the beginning of a WAV', aWave().subarray(0, 900), 'cut'],
    ['a WAV without its sound', aWave().subarray(0, 44), 'cut'],
    ['the head of a WAV', aWave().subarray(0, 20), 'cut'],
    ['half a frame of MP3', anMp3().subarray(0, 100), 'cut'],
    ['a tag without its MP3', anMp3(4, true).subarray(0, 16), 'cut'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'not-audio'],
    [
      'a page that begins as a WAV',
      Buffer.from(`RIFF\x10\x00\x00\x00WAVE<script>alert(1)</script>`),
      'not-audio',
    ],
    [
      'a page after a tag',
      Buffer.concat([anMp3(4, true).subarray(0, 16), Buffer.from('<html>')]),
      'not-audio',
    ],
    ['two bytes of MP3 before a page', Buffer.from('\xff\xfb<html><body>', 'latin1'), 'not-audio'],
    ['one frame before a page', Buffer.concat([anMp3(1), Buffer.from('<html><script>')]), 'not-audio'],
    ['another RIFF', spoilt(aWave(), 8, 'AVI '), 'not-audio'],
    ['a WAV that does not say what it is', spoilt(aWave(), 12, 'junk'), 'not-audio'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'not-audio'],
    ['zeros', Buffer.alloc(5000), 'not-audio'],
  ])('is not %s', (_, bytes, problem) => {
    expect(audioTypeOf(bytes)).toBe(problem);
  });
});
