import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Feature } from './features.js';

/** Something people keep, told by how many there are of it. */
export interface Belonging {
  /** The words are `account-closing.has-<name>` and `account-moving.has-<name>`; they say `count`. */
  name: string;
  /** Where it is kept; null: in no feature that could be off. */
  feature: Feature | null;
  count(database: DataSource, userId: Id): Promise<number>;
}

export interface Counted {
  name: string;
  feature: Feature | null;
  count: number;
}

/** What people keep here, counted before it goes with them or moves: features add theirs in `onModuleInit`. */
@Injectable()
export class Belongings {
  private readonly kinds: Belonging[] = [];

  constructor(private readonly database: DataSource) {}

  add(...kinds: Belonging[]): void {
    this.kinds.push(...kinds);
  }

  /** Of one person, without what they have none of. */
  async of(userId: Id): Promise<Counted[]> {
    const counted = await Promise.all(
      this.kinds.map(async ({ name, feature, count }) => ({
        ...{ name, feature },
        count: await count(this.database, userId),
      })),
    );
    return counted.filter(({ count }) => count > 0);
  }
}
