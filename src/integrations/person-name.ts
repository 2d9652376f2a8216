/** A name in the parts Outlook and telephones show. */
export interface NameParts {
  givenName: string | null;
  surname: string | null;
  fileAs: string;
}

interface KnownName {
  fileAs: string | null;
  givenName: string | null;
  middleName: string | null;
  surname: string | null;
}

/**
 * Parts of a name nobody gave in parts. Two words are a given name and a surname, filed under the surname as Outlook does;
 * of more words the last one is taken for the surname, with its particles (`van`, `de la`), and it is filed as it was
 * written, because that is a guess. What looks like a firm has no parts.
 */
export function splitName(displayName: string, organization: string | null): NameParts {
  const words = displayName.trim().split(/\s+/);
  if (isFirm(displayName, organization)) return { givenName: null, surname: null, fileAs: displayName };
  if (words.length === 1) return { givenName: words[0], surname: null, fileAs: displayName };
  const particle = words.findIndex((word, index) => index > 0 && PARTICLES.has(word));
  const cut = particle > 0 && particle < words.length - 1 ? particle : words.length - 1;
  const givenName = words.slice(0, cut).join(' ');
  const surname = words.slice(cut).join(' ');
  const certain = cut === 1;
  return { givenName, surname, fileAs: certain ? `${surname}, ${givenName}` : displayName };
}

/**
 * The parts after somebody corrected the whole name: a part that is still in it stays, and the filing keeps its form.
 * @param before the name that was shown
 */
export function renamed(known: KnownName, before: string | null, displayName: string): KnownName {
  const parts =
    known.givenName === null && known.surname === null ? known : partsOf(known, before, displayName);
  return { ...parts, fileAs: refiled(known, parts, before, displayName) };
}

const PARTICLES = new Set(
  'van von der den de del della di da dos du des la le ten ter zu zum af av bin ibn'.split(' '),
);

function isFirm(displayName: string, organization: string | null): boolean {
  return displayName === organization || /[&\d@+/]|\b(gmbh|ltd|inc|llc|sarl|sas|ag|plc)\b/i.test(displayName);
}

function partsOf(known: KnownName, before: string | null, displayName: string): KnownName {
  const [prefix, suffix] = around(known, before);
  // A title (`Dr.`) or generation (`Jr.`) is a property of its own there, and stands in the whole name only.
  const bare = without(displayName, prefix, suffix);
  const { givenName, middleName, surname } = known;
  const front = [givenName, middleName].filter((part) => part !== null).join(' ');
  if (front && bare.startsWith(`${front} `))
    return { ...known, surname: bare.slice(front.length).trim() || null };
  if (givenName && bare.startsWith(`${givenName} `))
    return { ...known, middleName: null, surname: bare.slice(givenName.length).trim() || null };
  if (surname && bare.endsWith(` ${surname}`)) {
    const rest = bare.slice(0, -surname.length).trim();
    if (middleName && rest.endsWith(` ${middleName}`))
      return { ...known, givenName: rest.slice(0, -middleName.length).trim() };
    return { ...known, givenName: rest, middleName: null };
  }
  const words = bare.split(/\s+/);
  const split =
    words.length === 1 ? { givenName: bare, surname: null } : splitName(bare.replace(/[&\d@+/]/g, ' '), null);
  return { ...known, givenName: split.givenName, middleName: null, surname: split.surname };
}

function around({ givenName, surname }: KnownName, before: string | null): [string, string] {
  const start = before && givenName ? before.indexOf(givenName) : -1;
  const end = before && surname ? before.lastIndexOf(surname) : -1;
  return [
    start > 0 ? before!.slice(0, start) : '',
    end > start && start >= 0 ? before!.slice(end + surname!.length) : '',
  ];
}

function without(name: string, prefix: string, suffix: string): string {
  const front = prefix && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return (suffix && front.endsWith(suffix) ? front.slice(0, -suffix.length) : front).trim();
}

/** Also inside a longer form: `Surname, Given (Firm)`. What somebody chose freely stays. */
function refiled(old: KnownName, now: KnownName, before: string | null, displayName: string): string | null {
  const { fileAs } = old;
  if (fileAs === null || fileAs.trim() === '') return displayName;
  const forms = (name: KnownName, whole: string | null) => [
    surnameFirst(name),
    surnameFirst({ ...name, middleName: null }),
    whole,
    [name.givenName, name.surname].filter(Boolean).join(' '),
  ];
  const [oldForms, newForms] = [forms(old, before), forms(now, displayName)];
  const which = oldForms.findIndex((form) => form && fileAs.includes(form));
  return which < 0 ? fileAs : fileAs.replace(oldForms[which]!, () => newForms[which] || displayName);
}

function surnameFirst({ givenName, middleName, surname }: KnownName): string | null {
  const front = [givenName, middleName].filter(Boolean).join(' ');
  return surname && front ? `${surname}, ${front}` : null;
}
