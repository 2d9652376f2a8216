/** A mail as a mail program reads it. */

/** Header fields by lower-case name, unfolded and decoded (RFC 5322 §2.2.3, RFC 2047). */
export function headersOf(raw: string): Record<string, string> {
  const lines = head(raw)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())];
    }),
  );
}

/** The text and the HTML of a multipart/alternative mail. */
export function partsOf(raw: string): { text: string; html: string } {
  const boundary = /boundary="([^"]+)"/.exec(head(raw))?.[1] ?? '';
  const parts = raw.split(`--${boundary}`).slice(1, -1);
  const part = (type: string) => {
    const found = parts.find((each) => head(each.trimStart()).toLowerCase().includes(type)) ?? '';
    return body(found.trimStart());
  };
  return { text: part('text/plain'), html: part('text/html') };
}

function head(raw: string): string {
  return raw.slice(0, raw.indexOf('\r\n\r\n'));
}

function body(part: string): string {
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(head(part))?.[1]?.toLowerCase();
  const text = part.slice(part.indexOf('\r\n\r\n') + 4);
  const decoded =
    encoding === 'base64'
      ? Buffer.from(text, 'base64').toString()
      : encoding === 'quoted-printable'
        ? quotedPrintable(text.replace(/=\r\n/g, ''))
        : text;
  return decoded.replaceAll('\r\n', '\n');
}

function quotedPrintable(text: string): string {
  return text.replace(/(?:=[0-9A-F]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('=', ''), 'hex').toString(),
  );
}

/** Neighbouring encoded words belong together. */
function words(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, encoding: string, content: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(content, 'base64').toString()
        : quotedPrintable(content.replaceAll('_', ' ')),
    );
}
