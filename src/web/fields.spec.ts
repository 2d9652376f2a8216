import { checkbox, checkboxGroup, field, problemsOf, radioGroup, select, textarea } from './fields.js';
import { Words } from './words.js';

const words = Words.for('en');
const email = { name: 'email', labelKey: 'styleguide.email' };
const refused = {
  typed: { email: 'ada@', password: 'secret', role: 'admin', groups: ['a', 'b'], note: '' },
  problems: [
    { field: 'role', key: 'common.problem.choice' },
    { field: 'email', key: 'common.problem.email' },
    { field: 'nowhere', key: 'common.problem.required' },
  ],
};

describe('field', () => {
  it('shows the value that is kept, and nothing for null', () => {
    expect(field(words, { ...email, value: 'ada@example.com' })).toMatchObject({
      id: 'email',
      value: 'ada@example.com',
    });
    expect(field(words, { ...email, value: null })).toMatchObject({ value: '' });
  });

  it('shows what was typed and what is to be put right', () => {
    expect(
      field(words, { ...email, hintKey: 'styleguide.email-hint', value: 'kept@example.com' }, refused),
    ).toMatchObject({
      value: 'ada@',
      problem: 'Write an address like name@example.com',
      describedBy: 'email-hint email-problem',
    });
  });

  it('shows an emptied field empty, not as it was before', () => {
    expect(textarea(words, { name: 'note', labelKey: 'styleguide.note', value: 'kept' }, refused).value).toBe(
      '',
    );
  });

  it('never sends a password back', () => {
    const password = { name: 'password', labelKey: 'styleguide.password', type: 'password' } as const;
    expect(field(words, password, refused).value).toBe('');
    expect(field(words, { ...password, value: 'kept' }).value).toBe('');
  });

  it('does not take an inherited property for what was typed', () => {
    expect(field(words, { name: 'constructor', labelKey: 'styleguide.note' }, refused).value).toBe('');
  });
});

describe('choices', () => {
  const options = [
    { value: 'member', labelKey: 'styleguide.role-member' },
    { value: 'admin', labelKey: 'styleguide.role-admin' },
  ];
  const role = { name: 'role', labelKey: 'styleguide.role', options };

  it('select the kept value, then the typed one', () => {
    const chosen = (each: ReturnType<typeof select>) => each.options.find(({ selected }) => selected)?.value;
    expect(chosen(select(words, { ...role, value: 'member' }))).toBe('member');
    expect(chosen(select(words, { ...role, value: 'member' }, refused))).toBe('admin');
    expect(chosen(select(words, { ...role, emptyKey: 'common.field.choose' }))).toBe('');
  });

  it('give each radio button an id of its own, the first that of the group', () => {
    const group = radioGroup(words, { ...role, value: 'admin' });
    expect(group.options.map(({ id, checked }) => [id, checked])).toEqual([
      ['role', false],
      ['role-2', true],
    ]);
  });

  it('tick what was ticked, and untick what came back without', () => {
    const groups = {
      name: 'groups',
      labelKey: 'styleguide.role',
      options: [
        { value: 'a', label: 'A' },
        { value: 'c', label: 'C' },
      ],
    };
    expect(checkboxGroup(words, { ...groups, values: ['c'] }).options.map(({ checked }) => checked)).toEqual([
      false,
      true,
    ]);
    expect(
      checkboxGroup(words, { ...groups, values: ['c'] }, refused).options.map(({ checked }) => checked),
    ).toEqual([true, false]);
    const box = { name: 'agree', labelKey: 'styleguide.agree', checked: true };
    expect(checkbox(words, box).checked).toBe(true);
    expect(checkbox(words, box, refused).checked).toBe(false);
    expect(checkbox(words, box, { typed: { agree: '' }, problems: [] }).checked).toBe(false);
    expect(checkbox(words, box, { typed: { agree: 'on' }, problems: [] }).checked).toBe(true);
  });
});

describe('problemsOf', () => {
  it('lists problems in the order of the controls, those of no control last', () => {
    const fields = [
      field(words, email, refused),
      radioGroup(words, { name: 'role', labelKey: 'styleguide.role', options: [] }, refused),
    ];
    expect(problemsOf(words, fields, refused)).toEqual([
      { text: `${words.t(email.labelKey)}: Write an address like name@example.com`, href: '#email' },
      { text: `${words.t('styleguide.role')}: Choose one of the list`, href: '#role' },
      { text: 'Fill in this field' },
    ]);
  });

  it('is empty for a form that did not come back', () => {
    expect(problemsOf(words, [field(words, email)])).toEqual([]);
  });
});
