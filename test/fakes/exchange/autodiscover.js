/* Autodiscover as "plain old XML", in so far as a mail address leads to an EWS address. */
import { parseXml } from './xml.js';

/**
 * @param {string} body @param {string} ewsUrl
 * @param {{ redirectAddr?: string, redirectUrl?: string, error?: boolean } | null} wish
 * @returns {string | null} null for what is no request
 */
export function autodiscoverAnswer(body, ewsUrl, wish) {
  if (!/EMailAddress/.test(body)) return null;
  const [request] = parseXml(body).children;
  const address = request?.children.find(({ name }) => name === 'EMailAddress')?.text.trim();
  if (!address) return null;
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
  <Response xmlns="${wish?.error ? 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006' : 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'}">
    ${inner()}
  </Response>
</Autodiscover>`;

  function inner() {
    if (wish?.error)
      return '<Error Time="10:00:00.0" Id="1"><ErrorCode>500</ErrorCode><Message>The email address cannot be found.</Message><DebugData/></Error>';
    if (wish?.redirectAddr)
      return `<Account><Action>redirectAddr</Action><RedirectAddr>${escaped(wish.redirectAddr)}</RedirectAddr></Account>`;
    if (wish?.redirectUrl)
      return `<Account><Action>redirectUrl</Action><RedirectUrl>${escaped(wish.redirectUrl)}</RedirectUrl></Account>`;
    return `<User><DisplayName>${escaped(address)}</DisplayName><AutoDiscoverSMTPAddress>${escaped(address)}</AutoDiscoverSMTPAddress></User>
    <Account><AccountType>email</AccountType><Action>settings</Action>
      <Protocol><Type>EXCH</Type><Server>ex01.nord.example</Server><EwsUrl>https://ex01.internal.example/EWS/Exchange.asmx</EwsUrl></Protocol>
      <Protocol><Type>EXPR</Type><EwsUrl>${escaped(ewsUrl)}</EwsUrl></Protocol>
      <Protocol><Type>WEB</Type></Protocol>
    </Account>`;
  }
}
