import { cutCards } from '../contact-card/card-cutter.js';
import { cardColumns, cardRow, type CardRow } from '../contact-card/card-row.js';
import { limits } from '../config/limits.js';
import { type Reading } from './reading.js';

/** The profile of a file of vCards: each card is a row, and there is nothing about columns to ask. */
export const CARDS = 'vcard';

/** How a file of vCards is read: each property says its own encoding. */
export function cardReading(): Reading {
  return {
    profile: CARDS,
    foreign: true,
    ...{ encoding: 'utf-8', bom: false, separator: ',', lineBreak: '\r\n', headerRow: 0 },
    header: cardColumns.map(() => ''),
    columns: [...cardColumns],
    ...{ secret: [], unsure: [], samples: [] },
  };
}

/** Its cards as rows, one in memory at a time; photos are made small on the way. */
export async function* cardRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<CardRow> {
  // Only files of cards need the library that reads pictures.
  const { encodePhoto } = await import('../accounts/photo-encoding.js');
  for await (const card of cutCards(chunks, limits.cardBytes))
    yield await cardRow(card, { encodePhoto, characters: limits.csvRowBytes });
}
