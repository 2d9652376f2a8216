import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, rootDir } from '../../src/web/paths.js';
import { locales, Words } from '../../src/web/words.js';

const sources = filesBelow(join(rootDir, 'src'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(rootDir, 'src', file), 'utf8') }));

/** Names of acts that code gives: `action: 'users.edit'`, and `act` and `kind` where they become an action. */
function actionsIn(text: string): string[] {
  const audits = /\baudit(?:People)?\(/.test(text);
  const given = new RegExp(`\\b(?:action|act${audits ? '|kind' : ''})\\b *[:=]([^;,{}]*)`, 'g');
  const acts = [...text.matchAll(given)].flatMap(([, value]) =>
    [...value.matchAll(/'([a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+)'/g)].map(([, action]) => action),
  );
  // Each kind of import can be undone and done again.
  const imports = [...text.matchAll(/^ {2}act: '([^']+)'/gm)].map(([, act]) => act);
  return [...acts, ...imports.flatMap((act) => [`${act}.undo`, `${act}.redo`])];
}

describe('The words of the audit log', () => {
  const found = sources.flatMap(({ file, text }) => actionsIn(text).map((action) => ({ file, action })));

  it('are looked for where acts are named', () => {
    const names = new Set(found.map(({ action }) => action));
    for (const action of [
      'users.edit',
      'users.deactivate',
      'users.reactivate',
      'users.import.redo',
      'mail.open',
    ])
      expect(names).toContain(action);
  });

  it.each(locales)('name every act of the code in %s', (locale) => {
    const words = Words.for(locale);
    const nameless = found.filter(({ action }) => !words.has(`audit-log.action.${action}`));
    expect(nameless).toEqual([]);
  });
});
