import { outsiderFields, type OutsiderField } from '../../accounts/outsider-fields.js';
import { type User } from '../../accounts/user.entity.js';
import { formatPhone } from '../../phone/e164.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { checkboxGroup, type ChoiceField, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { photoUrlOf } from '../users.view.js';

/** What one's own entry says in the fields that outsiders may see. */
export type OwnEntry = Pick<User, Exclude<OutsiderField, 'photo'>>;

/** The boxes of what outsiders see of the company's people. */
export function outsiderBoxes(
  words: Words,
  values: readonly OutsiderField[],
  returned?: Returned,
): ChoiceField {
  return checkboxGroup(
    words,
    {
      ...{ name: 'outsiderFields', labelKey: 'settings.field.outsiderFields' },
      ...{ hintKey: 'settings.hint.outsiderFields', values },
      options: outsiderFields.map((value) => ({ value, labelKey: `settings.outsiders.${value}` })),
    },
    returned,
  );
}

/** The reader as somebody outside sees them: each part stands there, and the boxes above show it or not. */
export function outsidePreview(words: Words, reader: SignedIn, own: OwnEntry) {
  const { email, displayName: name, givenName, familyName, account } = reader;
  const avatar = { initials: initialsOf(givenName, familyName), colour: colourOf(reader.id), size: 'large' };
  const phone = (number: string | null) => (number ? formatPhone(number) : null);
  const shown: Record<Exclude<OutsiderField, 'photo'>, string | null> = {
    ...own,
    workPhone: phone(own.workPhone),
    mobilePhone: phone(own.mobilePhone),
  };
  return {
    ...{ name, email, company: account.name, avatar },
    photo: { ...avatar, photoUrl: photoUrlOf(reader) },
    hasPhoto: reader.photoHash !== null,
    fields: outsiderFields
      .filter((field) => field !== 'photo')
      .map((field) => ({
        ...{ field, value: shown[field] },
        label: words.t(`settings.outsiders.${field}`),
      })),
  };
}
