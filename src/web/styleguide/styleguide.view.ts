import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkbox,
  field,
  fileField,
  problemsOf,
  radioGroup,
  select,
  textarea,
  type Returned,
} from '../fields.js';
import { publicDir } from '../paths.js';
import type { Words } from '../words.js';

/** Made-up data for every component in every state. */
export function styleguideView(words: Words) {
  const fields = formFields(words);
  const refusedFields = formFields(words, refused, 'refused-').slice(0, 3);
  const t = (key: string) => words.t(`styleguide.${key}`);
  return {
    title: t('title'),
    stylesheet: 'css/styleguide.css',
    colours,
    icons: iconNames(),
    fields,
    refused: { fields: refusedFields, problems: problemsOf(words, refusedFields, refused) },
    message: {
      success: { kind: 'success', text: t('said-success') },
      deleted: {
        kind: 'success',
        text: t('said-deleted'),
        undo: { action: '/styleguide', label: words.t('common.undo') },
      },
      failure: { kind: 'failure', text: t('said-failure') },
      warning: { kind: 'warning', text: t('said-warning'), fixed: true },
      notice: { kind: 'notice', text: t('said-notice'), fixed: true },
    },
    people,
    list: {
      tabs: [
        { href: '#list', label: words.t('common.tab.active'), count: 1284, current: true },
        { href: '#list', label: words.t('common.tab.pending'), count: 12, current: false },
        { href: '#list', label: words.t('common.tab.deactivated'), count: 0, current: false },
      ],
      filters: [
        select(words, {
          name: 'department',
          id: 'filter-department',
          labelKey: 'styleguide.department',
          emptyKey: 'styleguide.all-departments',
          options: departments,
        }),
      ],
      panel: {
        label: t('more-filters'),
        fields: [
          field(words, {
            ...{ name: 'location', id: 'filter-location', labelKey: 'styleguide.location' },
            ...{ hintKey: 'styleguide.location-hint', autocomplete: 'off' },
            suggestions: [{ value: 'Lyon' }, { value: 'Paris' }],
          }),
        ],
      },
      columns: [
        { label: t('name'), href: '?sort=-name', sort: 'ascending' },
        { label: t('job'), href: '?sort=job', wide: true },
        { label: t('department'), href: '?sort=department' },
        { label: t('status') },
        { label: t('last-seen'), href: '?sort=last-seen', number: true },
      ],
      pagination: { text: t('page-text'), next: '?after=x', last: '?last', first: '', previous: '' },
      status: words.t('common.search.results', { count: 312 }),
    },
    ways: {
      links: (['call', 'write', 'chat', 'meet'] as const).map((way, place) => ({
        ...{ href: '#reach', icon: ['phone', 'mail', 'chat-group', 'video'][place] },
        ...{ text: words.t(`reach.${way}`), label: words.t(`reach.${way}-name`, { name: 'Ada Lovelace' }) },
      })),
    },
    details: [
      {
        label: t('email'),
        value: 'ada@example.com',
        href: 'mailto:ada@example.com',
        copy: 'ada@example.com',
      },
      { label: t('phone'), value: '+33 6 12 34 56 78', copy: '+33612345678', note: t('phone-note') },
      { label: t('department'), value: t('research') },
      { label: t('location') },
      {
        label: t('status'),
        badge: { kind: 'ok', icon: 'check-circle', text: words.t('common.status.active') },
      },
    ],
    steps: ['file', 'columns', 'check', 'progress', 'result'].map((step) => t(`step-${step}`)),
    counts: [
      { value: 1982, label: words.t('common.count.new', { count: 1982 }), kind: 'ok', icon: 'plus' },
      { value: 14, label: words.t('common.count.changed', { count: 14 }), icon: 'edit' },
      { value: 3, label: words.t('common.count.same', { count: 3 }), icon: 'equal' },
      { value: 1, label: words.t('common.count.wrong', { count: 1 }), kind: 'danger', icon: 'alert-circle' },
    ],
  };
}

const departments = [
  { value: 'research', labelKey: 'styleguide.research' },
  { value: 'sales', labelKey: 'styleguide.sales' },
];

const refused: Returned = {
  typed: { givenName: '', email: 'ada@', mobilePhone: '06 12' },
  problems: [
    { field: 'email', key: 'common.problem.email' },
    { field: 'givenName', key: 'common.problem.required' },
    { field: 'mobilePhone', key: 'common.problem.phone' },
  ],
};

function formFields(words: Words, returned?: Returned, prefix = '') {
  const described = (name: string, key: string) => ({
    name,
    id: `${prefix}${name}`,
    labelKey: `styleguide.${key}`,
  });
  return [
    field(words, { ...described('givenName', 'given-name'), value: 'Ada', autocomplete: 'off' }, returned),
    field(
      words,
      {
        ...described('email', 'email'),
        type: 'email',
        autocomplete: 'username',
        hintKey: 'styleguide.email-hint',
        value: 'ada@example.com',
      },
      returned,
    ),
    field(
      words,
      { ...described('mobilePhone', 'phone'), type: 'tel', hintKey: 'styleguide.phone-hint', optional: true },
      returned,
    ),
    field(
      words,
      {
        ...described('password', 'password'),
        type: 'password',
        autocomplete: 'new-password',
        hintKey: 'styleguide.password-hint',
      },
      returned,
    ),
    select(
      words,
      { ...described('department', 'department'), emptyKey: 'common.field.choose', options: departments },
      returned,
    ),
    radioGroup(
      words,
      {
        ...described('role', 'role'),
        value: 'member',
        options: [
          { value: 'member', labelKey: 'styleguide.role-member', hintKey: 'styleguide.role-member-hint' },
          { value: 'admin', labelKey: 'styleguide.role-admin', hintKey: 'styleguide.role-admin-hint' },
        ],
      },
      returned,
    ),
    textarea(words, { ...described('note', 'note'), optional: true, rows: 3 }, returned),
    checkbox(words, { ...described('mailMe', 'agree'), checked: true }, returned),
    fileField(
      words,
      {
        ...described('file', 'file'),
        hintKey: 'styleguide.file-hint',
        accept: '.csv,text/csv',
        maxBytes: 50 * 1024 ** 2,
      },
      returned,
    ),
  ];
}

const people = [
  ['Ada Lovelace', 'ada@example.com', 'AL', 'Analyst', 'Research', 'active', 3],
  [
    'Zoé Bréhat-Desrosiers',
    'zoe.brehat-desrosiers@example.com',
    'ZB',
    'Director of operations',
    'Sales',
    'active',
    95,
  ],
  ['Nguyễn Văn Đỗ', 'do.nguyen@example.com', 'NĐ', '', 'Sales', 'pending', 0],
  ['Łukasz Żółć', 'lukasz@example.com', 'ŁŻ', 'Engineer', '', 'deactivated', 60 * 24 * 41],
].map(([displayName, email, initials, jobTitle, department, status, minutesAgo], place) => ({
  id: `person-${place + 1}`,
  colour: place * 2 + 1,
  displayName,
  email,
  initials,
  jobTitle,
  department,
  status,
  lastSeenAt: minutesAgo ? Date.now() - Number(minutesAgo) * 60_000 : null,
}));

const colours =
  'bg surface sunken line control text muted accent accent-soft danger danger-soft warn warn-soft ok ok-soft'.split(
    ' ',
  );

function iconNames(): string[] {
  const sprite = readFileSync(join(publicDir, 'images/icons.svg'), 'utf8');
  return [...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1] ?? '');
}
