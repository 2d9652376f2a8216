import { type FileProblem } from './reading.js';

/** Files people take for CSV, by their first bytes. */
const signatures: [bytes: string, key: string][] = [
  ['504b0304', 'workbook'],
  ['504b0506', 'workbook'],
  ['d0cf11e0a1b11ae1', 'workbook'],
  ['255044462d', 'pdf'],
  ['89504e47', 'picture'],
  ['ffd8ff', 'picture'],
  ['47494638', 'picture'],
  ['49492a00', 'picture'],
  ['4d4d002a', 'picture'],
  ['1f8b', 'compressed'],
  ['526172211a07', 'compressed'],
  ['377abcaf271c', 'compressed'],
];

/** Why a file that begins so is no CSV file; null when it may be one. */
export function refusalOfFirstBytes(bytes: Buffer): FileProblem | null {
  const hex = bytes.subarray(0, 8).toString('hex');
  const known = signatures.find(([signature]) => hex.startsWith(signature));
  if (known) return { key: `imports.file.${known[1]}` };
  const text = bytes.subarray(0, 200).toString('latin1').trimStart().toLowerCase();
  if (/^(?:\xef\xbb\xbf)?<(?:!doctype html|html|\?xml|table)/.test(text))
    return { key: 'imports.file.web-page' };
  if (/^(?:\xef\xbb\xbf)?begin:vcard/.test(text)) return { key: 'imports.file.vcard' };
  return null;
}
