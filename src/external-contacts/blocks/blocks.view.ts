import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { type ExternalBlock } from '../external-contact.entity.js';
import { EXTERNAL, RECEIVED } from '../external-tabs.view.js';

export const BLOCKED = `${EXTERNAL}/blocked`;

/** `/external-contacts/blocked`: whom the reader never wants to hear from. */
export function blocksView(words: Words, { rows, ...places }: KeysetPage<ExternalBlock>, count: number) {
  const href = (place: Place | null) =>
    place === null
      ? undefined
      : [BLOCKED, new URLSearchParams(placeQuery(place))].join('?').replace(/\?$/, '');
  return {
    title: words.t('external-blocks.title'),
    text: words.t('external-blocks.text'),
    status: words.t('external-blocks.count', { count }),
    backHref: RECEIVED,
    columns: ['who', 'since'].map((name) => ({ label: words.t(`external-blocks.column.${name}`) })),
    labels: { since: words.t('external-blocks.column.since') },
    blocks: rows.map(({ id, blockedUserId, name, address, createdAt }) => {
      const [given = '', ...family] = name.split(' ');
      return {
        ...{ name, ...addressShown(address), company: '', message: null },
        avatar: {
          ...{ initials: initialsOf(given, family.at(-1) ?? ''), colour: colourOf(blockedUserId) },
          size: undefined,
        },
        since: words.date(createdAt),
        action: `${BLOCKED}/${id}/deletion`,
      };
    }),
    pages: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
    empty: {
      ...{ icon: 'shield', title: words.t('external-blocks.empty') },
      text: words.t('external-blocks.empty-text'),
    },
  };
}
