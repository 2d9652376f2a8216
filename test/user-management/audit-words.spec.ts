import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, rootDir } from '../../src/web/paths.js';
import { locales, Words } from '../../src/web/words.js';

const sources = filesBelow(join(rootDir, 'src'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(rootDir, 'src', file), 'utf8') }));
/** What people do with contacts of their own is in their journal, never in the log. */
const isPrivate = (file: string) => file.startsWith('personal-contacts/');
const textOf = (file: string) => sources.find((source) => source.file === file)?.text ?? '';

const DOTTED = /'([a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+)'/g;

/** What acts are about; a literal that begins so is an act, unless it is a key of a catalogue. */
const groups = ['users', 'user-groups', 'chat-groups', 'settings', 'account', 'views', 'directory', 'mail'];

/** A kind of batch of the journal alone: what people do to themselves is not in the log. */
const unlogged = ['users.activate'];

/** Acts that code names: `action: 'users.edit'`, `act` and `kind` where they become an action, and constants. */
function actsIn(text: string): string[] {
  const audits = /\baudit(?:People)?\(/.test(text);
  const given = new RegExp(`\\b(?:action|act${audits ? '|kind' : ''})\\b *[:=](?!=)([^;,{}]*)`, 'g');
  const named = [...text.replaceAll(/\bt\([^)]*\)/g, '').matchAll(given)]
    .flatMap(([, value]) => [...value.matchAll(DOTTED)])
    .map(([, act]) => act);
  const english = Words.for('en');
  const others = [...text.matchAll(DOTTED)]
    .map(([, literal]) => literal)
    .filter((literal) => groups.includes(literal.split('.')[0] ?? '') && !english.has(literal));
  // Each kind of import can be undone and done again.
  const imports = [...text.matchAll(/^ {2}act: '([^'.]+\.[^']+)'/gm)].map(([, act]) => act);
  // What the act is told people as is news, not an act.
  const isNews = (act: string) => english.has(`notifications.kind.${act}`);
  return [
    ...named.filter((act) => !isNews(act)),
    ...others,
    ...imports.flatMap((act) => [`${act}.undo`, `${act}.redo`]),
  ];
}

/** Acts on groups are put together from the kind of group and what is done. */
const groupActs = [
  ...(textOf('accounts/groups.service.ts') + textOf('accounts/group-undo.service.ts')).matchAll(
    /\bact: '([a-z]+)'/g,
  ),
]
  .map(([, act]) => act)
  .concat('add-members', 'remove-members')
  .flatMap((act) => [`user-groups.${act}`, `chat-groups.${act}`])
  .filter((act) => !['user-groups.kind', 'chat-groups.settings'].includes(act) && !act.endsWith('.add'));

describe('The words of the audit log', () => {
  const found = sources
    .filter(({ file }) => !isPrivate(file))
    .flatMap(({ file, text }) => actsIn(text).map((act) => ({ file, act })));
  found.push(...groupActs.map((act) => ({ file: 'accounts/groups.service.ts', act })));

  it('are looked for where acts are named', () => {
    const names = new Set(found.map(({ act }) => act));
    for (const act of ['users.edit', 'users.reactivate', 'users.import.redo', 'users.erase', 'mail.open'])
      expect(names).toContain(act);
    expect(names).toContain('chat-groups.create');
  });

  it('are not needed for personal contacts, which write no line there', () => {
    const own = sources.filter(({ file }) => isPrivate(file));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ text }) => /\baudit(?:People)?\(|audit_entries|AuditEntry/.test(text))).toEqual([]);
    expect(sources.find(({ text }) => text.includes("kind: 'personal-contacts'"))?.text).toContain(
      'sharedByAdmins: false',
    );
  });

  it.each(locales)('name every act of the code in %s', (locale) => {
    const words = Words.for(locale);
    const nameless = found.filter(
      ({ act }) => !words.has(`audit-log.action.${act}`) && !unlogged.includes(act),
    );
    expect(nameless).toEqual([]);
  });

  it.each(locales)('name what acts are about in %s', (locale) => {
    const words = Words.for(locale);
    const groupsFound = new Set(found.map(({ act }) => act.split('.')[0]));
    expect([...groupsFound].filter((group) => !words.has(`audit-log.group.${group}`))).toEqual([]);
  });
});
