/* Answers no client should believe. */

export const loginPage = `<!DOCTYPE html>
<html><head><title>Outlook</title></head><body><form action="/owa/auth.owa" method="post">
<input name="username"><input name="password" type="password"></form></body></html>`;

/** A billion laughs. */
export const bomb = `<?xml version="1.0"?>
<!DOCTYPE s:Envelope [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;</s:Body></s:Envelope>`;

/** The same answer, right and far too long: white space after its declaration. @param {string} text @param {number} bytes */
export function padding(text, bytes) {
  return text.replace('?>', `?>${'\n'.repeat(bytes)}`);
}
