import { type Message } from '../../web/answers.js';
import { type Words } from '../../web/words.js';
import { addressText } from '../address-shown.js';
import { type LeftOut } from './asked-addresses.js';
import { type Asked } from './asking.service.js';
import { type SentOutcome } from './sent-acts.service.js';

/** Addresses a sentence names; the rest is a number. */
const NAMED = 3;
/** Reasons a message gives. */
const REASONS = 2;

/** What became of the addresses somebody asked: the same for all that were sent, whoever has them. */
export function askedMessage(words: Words, asked: readonly Asked[], left: number): Message {
  const of = (outcome: Asked['outcome']) => asked.filter((each) => each.outcome === outcome);
  const sentences = (['connected', 'sent', 'again'] as const).flatMap((outcome) =>
    sentence(
      words,
      `external-invite.told.${outcome}`,
      of(outcome).map(({ address }) => address),
    ),
  );
  const waiting = of('waiting');
  sentences.push(
    ...waiting.slice(0, REASONS).map(({ address, expiresAt = 0, nextAt = 0 }) =>
      reasonText(words, {
        ...{ typed: address, key: 'external-invite.waiting' },
        values: { address: addressText(address), expires: new Date(expiresAt), next: new Date(nextAt) },
      }),
    ),
    ...more(words, waiting.length - REASONS),
  );
  if (left > 0) sentences.push(words.t('external-invite.told.left', { count: left }));
  return told(sentences, asked.length > waiting.length ? 'success' : 'notice');
}

/** What became of requests that were to be sent again or withdrawn. */
export function sentActMessage(
  words: Words,
  act: 'resent' | 'withdrawn',
  { done, left }: SentOutcome,
): Message {
  const sentences = [
    ...sentence(words, `external-sent.told.${act}`, done),
    ...left.slice(0, REASONS).map((each) => reasonText(words, each)),
    ...more(words, left.length - REASONS),
  ];
  return told(sentences, done.length > 0 ? 'success' : 'notice');
}

/** Why an address was left out, in words; its dates as the reader writes them. */
export function reasonText(words: Words, { key, values }: LeftOut): string {
  const said = Object.entries(values).map(([name, value]) => {
    if (!(value instanceof Date)) return [name, value] as const;
    return [name, name === 'next' ? words.dateTime(value) : words.date(value)] as const;
  });
  return words.t(key, Object.fromEntries(said));
}

function sentence(words: Words, key: string, addresses: readonly string[]): string[] {
  const count = addresses.length;
  if (count === 0) return [];
  const named = addresses.slice(0, NAMED).map(addressText);
  const rest = count - named.length;
  const who = words.list([
    ...named,
    ...(rest > 0 ? [words.t('external-invite.told.more', { count: rest })] : []),
  ]);
  return [words.t(key, { count, addresses: who })];
}

function more(words: Words, count: number): string[] {
  return count > 0 ? [words.t('external-sent.told.more-left', { count })] : [];
}

function told(sentences: readonly string[], kind: Message['kind']): Message {
  return { kind, key: 'external-sent.told', values: { sentences: sentences.join(' ') } };
}
