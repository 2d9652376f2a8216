/* Pages of the provider: what is asked, by whom, and what is wrong with a request that cannot be sent back. */

/** What the boxes say. @type {Record<string, string>} */
const words = {
  contacts: 'See, edit, download, and permanently delete your contacts',
  'contacts.readonly': 'See and download your contacts',
  'contacts.other.readonly': 'See and download contact info in your "Other contacts"',
  'calendar.calendarlist.readonly': 'See the list of calendars you’re subscribed to',
  'calendar.events.readonly': 'View events on all your calendars',
  'calendar.events': 'View and edit events on all your calendars',
  'calendar.readonly': 'See and download any calendar you can access',
  'calendar.freebusy': 'See availability on your calendars',
  'User.Read': 'Sign you in and read your profile',
  'Contacts.Read': 'Read your contacts',
  'Contacts.ReadWrite': 'Have full access to your contacts',
  'Calendars.Read': 'Read your calendars',
  'Calendars.ReadWrite': 'Have full access to your calendars',
  offline_access: 'Maintain access to data you have given it access to',
};

/**
 * @param {{ provider: string, accounts: import('./grants.js').Account[], chosen: string | null, scopes: string[],
 *   isTicked: (scope: string) => boolean, query: string }} about
 */
export function consentPage({ provider, accounts, chosen, scopes, isTicked, query }) {
  const account = ({ email, name }, at) =>
    `<label><input type="radio" name="account" value="${escape(email)}"${
      (chosen ? chosen === email : at === 0) ? ' checked' : ''
    }> ${escape(name)} <small>${escape(email)}</small></label>`;
  const box = (scope) =>
    isTicked(scope)
      ? `<label><input type="checkbox" name="scope" value="${escape(scope)}" checked> ${escape(wordsOf(scope))}</label>`
      : `<p>✓ ${escape(wordsOf(scope))}</p>`;
  return page(
    `Carnet wants access – ${provider}`,
    `<h1>Carnet wants access to your ${provider} account</h1>
<form method="post" action="/consent">
<input type="hidden" name="query" value="${escape(query)}">
<fieldset><legend>Account</legend>${accounts.map(account).join('')}</fieldset>
<fieldset><legend>Carnet will be able to</legend>${scopes.map(box).join('')}</fieldset>
<p><button name="answer" value="deny">Cancel</button> <button name="answer" value="allow">Allow</button></p>
</form>`,
  );
}

/** @param {string} title @param {string} text */
export function errorPage(title, text) {
  return page(title, `<h1>${escape(title)}</h1><p>${escape(text)}</p>`);
}

function page(title, body) {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>
body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }
label { display: block; padding: .3rem 0 } fieldset { margin: 1rem 0; border: 1px solid #8888; border-radius: .5rem }
button { font: inherit; padding: .4rem 1.2rem }
</style></head><body><p><small>A stand-in for tests and demonstrations, not the real service.</small></p>
${body}
</body></html>`;
}

function wordsOf(scope) {
  return words[scope.replace('https://www.googleapis.com/auth/', '')] ?? scope;
}

function escape(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
