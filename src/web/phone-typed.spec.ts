import { readPhones } from './phone-typed.js';
import { readForm } from './submitted.js';
import { Words } from './words.js';

class PhoneForm {
  workPhone: string | null = null;
  mobilePhone: string | null = null;
}

const read = async (fields: Record<string, string>, region = 'FR') =>
  readPhones(await readForm(PhoneForm, fields), ['workPhone', 'mobilePhone'], region);

it('takes an international number and keeps what was typed where it reads differently', async () => {
  const { submission, phones } = await read({
    workPhone: '+33 1 40 20 50 50',
    mobilePhone: '+33 (6) 12-34-56-78',
  });
  expect(submission.refused).toBe(false);
  expect(phones).toEqual({
    workPhone: { number: '+33140205050', typed: null },
    mobilePhone: { number: '+33612345678', typed: '+33 (6) 12-34-56-78' },
  });
});

it('proposes a national number in its field, and takes the proposal when it is sent again', async () => {
  const first = await read({ workPhone: '01 40 20 50 50' });
  expect(first.submission.problems).toEqual([
    {
      field: 'workPhone',
      key: 'phone.problem.proposal',
      values: { typed: '01 40 20 50 50', number: '+33 1 40 20 50 50' },
    },
  ]);
  expect(first.phones.workPhone.number).toBeNull();
  const again = await read(first.submission.typed as Record<string, string>);
  expect(again.submission.refused).toBe(false);
  expect(again.phones.workPhone.number).toBe('+33140205050');
});

it('refuses what cannot be read and keeps what was typed', async () => {
  const { submission, phones } = await read({ mobilePhone: '06 12' });
  expect(submission.typed).toEqual({ mobilePhone: '06 12' });
  expect(submission.problems).toEqual([
    { field: 'mobilePhone', key: 'phone.problem.too-short', values: { typed: '06 12' } },
  ]);
  expect(phones).toEqual({
    workPhone: { number: null, typed: null },
    mobilePhone: { number: null, typed: null },
  });
});

it('has words for every reason', async () => {
  const { refusalReasons } = await import('../phone/e164.js');
  for (const locale of ['en', 'fr'] as const) {
    for (const reason of [...refusalReasons, 'proposal']) {
      expect(Words.for(locale).has(`phone.problem.${reason}`)).toBe(true);
    }
  }
});
