import QRCode from 'qrcode';

/** `Ada Lovelace.vcf`; what file systems do not take is left out. */
export function cardFileName(displayName: string): string {
  const name = displayName
    .replace(/[\p{Cc}\p{Cf}"*/:<>?\\|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '');
  return `${[...name].slice(0, 80).join('') || 'contact'}.vcf`;
}

/**
 * A QR code that phones save as a contact.
 * @param cards the same contact told at less and less length; the first whose squares a phone still reads is drawn
 * @param last drawn when even the shortest is too long
 * @returns an SVG
 */
export function cardQrCode(cards: readonly string[], last: string): Promise<string> {
  const text = cards.find((card) => Buffer.byteLength(card) <= QR_BYTES) ?? last;
  return QRCode.toString(text, { type: 'svg', errorCorrectionLevel: 'L', margin: 2 });
}

/** More bytes than this make squares smaller than a phone reads from a screen (version 17 of 40, level L). */
const QR_BYTES = 644;
