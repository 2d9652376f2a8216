import { limits } from '../../config/limits.js';
import { checkbox, field, problemsOf } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { SHARED, type SavedView } from './saved-view.entity.js';
import { type NewSavedViewForm, type SavedViewForm } from './saved-view.form.js';
import { mayChange, pathOf, type ListedView } from './saved-views.service.js';

/** `/users/views`: every view the reader sees. */
export function savedViewsView(words: Words, reader: SignedIn, views: readonly ListedView[]) {
  return {
    title: words.t('saved-views.title'),
    backHref: '/users',
    columns: [
      { label: words.t('saved-views.name') },
      { label: words.t('saved-views.seen-by') },
      { label: words.t('saved-views.maker') },
    ],
    rows: views.map((view) => ({
      name: view.name,
      href: `/users?view=${view.id}`,
      seenBy: words.t(view.scope === SHARED ? 'saved-views.by-all' : 'saved-views.by-me'),
      maker:
        view.ownerId === reader.id
          ? words.t('saved-views.me')
          : (view.maker ?? words.t('saved-views.somebody-gone')),
      editHref: `/users/views/${view.id}/edit`,
      deleteAction: `/users/views/${view.id}/deletion`,
      changeable: mayChange(reader, view),
    })),
    empty:
      views.length > 0
        ? null
        : {
            icon: 'filter',
            title: words.t('saved-views.none'),
            text: words.t('saved-views.none-text'),
            href: '/users',
            label: words.t('users.title'),
            quiet: true,
          },
  };
}

/** Keeps a list: `query` is that of `/users`. */
export function newViewView(words: Words, query: string, returned?: Submission<NewSavedViewForm>) {
  const fields = [
    ...fieldsOf(words, { name: '', shared: false }, returned),
    checkbox(words, { name: 'replace', labelKey: 'saved-views.replace' }, returned),
  ];
  const problems = problemsOf(words, fields, returned);
  return {
    title: words.t('saved-views.new'),
    text: words.t('saved-views.new-text'),
    backHref: pathOf(query),
    backLabel: words.t('users.title'),
    action: '/users/views',
    hidden: [{ name: 'query', value: query }],
    ...{ fields, problems },
  };
}

export function editViewView(
  words: Words,
  view: Pick<SavedView, 'id' | 'name' | 'scope'>,
  returned?: Submission<SavedViewForm>,
) {
  const fields = fieldsOf(words, { name: view.name, shared: view.scope === SHARED }, returned);
  return {
    title: words.t('saved-views.edit', { name: view.name }),
    backHref: '/users/views',
    backLabel: words.t('saved-views.title'),
    action: `/users/views/${view.id}`,
    hidden: [],
    ...{ fields, problems: problemsOf(words, fields, returned) },
  };
}

function fieldsOf(
  words: Words,
  { name, shared }: { name: string; shared: boolean },
  returned?: Submission<SavedViewForm>,
) {
  return [
    field(
      words,
      {
        ...{ name: 'name', labelKey: 'saved-views.name', value: name },
        ...{ maxlength: limits.nameCharacters, autocomplete: 'off' },
      },
      returned,
    ),
    checkbox(
      words,
      {
        ...{ name: 'shared', labelKey: 'saved-views.shared', hintKey: 'saved-views.shared-hint' },
        checked: shared,
      },
      returned,
    ),
  ];
}
