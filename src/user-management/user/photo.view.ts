import { limits } from '../../config/limits.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { fileField } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { type UserDetails } from '../user-details.query.js';
import { photoUrlOf } from '../users.view.js';

/** `/users/:id/photo`: another photo for this person, or none. */
export function photoView(words: Words, { user }: UserDetails) {
  const path = `/users/${user.id}`;
  return {
    title: words.t('user.photo.title', { name: nameOf(user) }),
    ...{ name: nameOf(user), backHref: path, action: `${path}/photo` },
    avatar: {
      initials: initialsOf(user.givenName, user.familyName),
      colour: colourOf(user.id),
      photoUrl: photoUrlOf(user),
      size: 'large',
    },
    photo: fileField(words, {
      name: 'photo',
      labelKey: 'contacts.photo.choose',
      accept: 'image/jpeg,image/png,image/webp,image/avif',
      maxBytes: limits.photoUploadBytes,
    }),
    removeAction: user.photoHash === null ? null : `${path}/photo/deletion`,
  };
}
