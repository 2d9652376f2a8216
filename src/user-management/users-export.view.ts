import { checkboxGroup } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { filterFields, listPath, type UserListState } from './user-list.state.js';
import { columnsIn, exportColumns, headerOf, isMoment } from './users-export-columns.js';

/** `/users/export`: who the file will hold, its columns, and the two forms of it. */
export function exportView(words: Words, state: UserListState, count: number) {
  const listed = { ...state, place: {}, all: false };
  const ticked = columnsIn(state.columns);
  const order = `${state.descending ? '-' : ''}${state.sort}`;
  return {
    title: words.t('users.export.title'),
    text: words.t('users.export.count', { count }),
    backHref: listPath(listed),
    hidden: [
      ...(state.status === 'active' ? [] : [{ name: 'status', value: state.status }]),
      ...filterFields(state),
      ...(order === 'name' ? [] : [{ name: 'sort', value: order }]),
    ],
    columns: checkboxGroup(words, {
      name: 'columns',
      labelKey: 'users.export.columns',
      hintKey: 'users.export.columns-hint',
      values: ticked,
      // What is ticked stands first, in the order of the file.
      options: [...ticked, ...exportColumns.filter((column) => !ticked.includes(column))].map((column) => ({
        value: column,
        label: headerOf(column, words.locale),
        ...(isMoment(column) ? { hintKey: 'users.export.ignored' } : {}),
      })),
    }),
    withoutId: !ticked.includes('id'),
    allHref: listPath({ ...listed, columns: exportColumns.join(',') }, '/users/export'),
  };
}
