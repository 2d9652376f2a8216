import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { type ImportDescription, type ImportOwner, type RemovalView } from './import-kind.js';
import { type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { type Words } from '../web/words.js';

/** Names a check and its questions show: of whom the rows of a page are about and mention, and what may be answered. */
@Injectable()
export class ImportNames {
  constructor(private readonly database: DataSource) {}

  /** What may be answered to questions for a line of text, by their names. */
  async suggestions(
    { texts = [] }: ImportDescription,
    ownerId: Id | null,
  ): Promise<Record<string, string[]>> {
    const lists = await Promise.all(
      texts.map(async ({ name, suggestions }) => [
        name,
        suggestions && ownerId !== null ? await suggestions(this.database, ownerId) : [],
      ]),
    );
    return Object.fromEntries(lists) as Record<string, string[]>;
  }

  /** What goes because the file does not name it, as it stands now. */
  async removal(
    present: Import,
    { removes }: ImportDescription,
    words: Words,
    query: Record<string, string> = {},
  ): Promise<RemovalView | null> {
    return removes ? removes.view(this.database, present, words, query) : null;
  }

  /** What whoever confirms must have agreed to, as it stands now. */
  async consent(
    present: Import,
    { removes }: ImportDescription,
  ): Promise<{ name: string; value: string } | null> {
    return removes ? removes.consent(this.database, present) : null;
  }

  of(
    { accountId, ownerId }: ImportOwner,
    { updates }: ImportDescription,
    pages: readonly RowPage[],
  ): Promise<Map<Id, string>> {
    const ids = new Set<unknown>();
    for (const { knownId, changes, meanwhile } of pages.flatMap(({ rows }) => rows)) {
      ids.add(knownId);
      for (const field of updates?.references ?? []) {
        changes?.[field]?.forEach((id) => ids.add(id));
        meanwhile?.filter(([name]) => name === field).forEach((met) => met.forEach((id) => ids.add(id)));
      }
    }
    const wanted = [...ids].filter((id): id is Id => typeof id === 'string' && id.length === 36);
    return updates && wanted.length > 0
      ? updates.namesOf(this.database, { accountId, ownerId }, wanted)
      : Promise.resolve(new Map<Id, string>());
  }
}
