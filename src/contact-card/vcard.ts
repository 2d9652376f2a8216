/** What a card says of a person. Absent, null and '' are left out. */
export interface ContactCard {
  givenName: string;
  familyName: string;
  organization?: string | null;
  department?: string | null;
  jobTitle?: string | null;
  email?: string | null;
  /** E.164 */
  workPhone?: string | null;
  /** E.164 */
  mobilePhone?: string | null;
  /** A UUID: a card saved twice is one contact. */
  uid?: string;
}

/**
 * A vCard 3.0 (RFC 2426), which phones, Outlook, Apple and Google all read; Outlook does not read 4.0. UTF-8, CRLF,
 * lines of at most 75 bytes.
 */
export function writeVcard(card: ContactCard): string {
  const { givenName, familyName, organization, department, jobTitle, email, workPhone, mobilePhone, uid } =
    card;
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${list([familyName, givenName, '', '', ''])}`,
    `FN:${escapeText(`${givenName} ${familyName}`.trim())}`,
    organization || department
      ? `ORG:${list([organization ?? '', ...(department ? [department] : [])])}`
      : '',
    jobTitle ? `TITLE:${escapeText(jobTitle)}` : '',
    email ? `EMAIL;TYPE=INTERNET,WORK:${escapeText(email)}` : '',
    workPhone ? `TEL;TYPE=WORK,VOICE:${escapeText(workPhone)}` : '',
    mobilePhone ? `TEL;TYPE=CELL,VOICE:${escapeText(mobilePhone)}` : '',
    uid ? `UID:urn:uuid:${uid}` : '',
    'END:VCARD',
  ];
  return lines
    .filter((line) => line !== '')
    .map((line) => `${foldLine(line)}\r\n`)
    .join('');
}

/** RFC 2426 §4: backslash, comma, semicolon and line breaks. Other control characters have no place in a value. */
function escapeText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .replace(/[\\,;]/g, '\\$&')
    .replace(/\n/g, '\\n');
}

function list(parts: string[]): string {
  return parts.map(escapeText).join(';');
}

/** RFC 2425 §5.8.1: a longer line goes on after CRLF and a space; never cut inside a character. */
function foldLine(line: string): string {
  if (Buffer.byteLength(line) <= LINE_BYTES) return line;
  const pieces: string[] = [];
  let piece = '';
  let room = LINE_BYTES;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (size > room) {
      pieces.push(piece);
      piece = '';
      // The space a continuation begins with counts.
      room = LINE_BYTES - 1;
    }
    piece += character;
    room -= size;
  }
  return [...pieces, piece].join('\r\n ');
}

const LINE_BYTES = 75;
