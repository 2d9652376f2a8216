import { readEnvironment } from './environment.js';

const google = { GOOGLE_CLIENT_ID: 'carnet.apps.example', GOOGLE_CLIENT_SECRET: 'shown once' };
const microsoft = { MICROSOFT_CLIENT_ID: '11111111-2222', MICROSOFT_CLIENT_SECRET: 'its value' };

describe('The settings of Google and Microsoft', () => {
  it('are off without a client, and lead to the real services with one', () => {
    expect(readEnvironment({})).toMatchObject({ google: null, microsoft: null });
    expect(readEnvironment({ ...google, ...microsoft })).toMatchObject({
      google: {
        ...{ clientId: 'carnet.apps.example', clientSecret: 'shown once' },
        authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
        peopleUrl: 'https://people.googleapis.com',
      },
      microsoft: {
        authority: 'https://login.microsoftonline.com/organizations',
        graphUrl: 'https://graph.microsoft.com',
      },
    });
  });

  it.each([
    [{ GOOGLE_CLIENT_ID: 'carnet' }, 'GOOGLE_CLIENT_SECRET is missing'],
    [{ MICROSOFT_CLIENT_SECRET: 'its value' }, 'MICROSOFT_CLIENT_ID is missing'],
    [{ ...google, GOOGLE_TOKEN_URL: 'http://token.example' }, 'GOOGLE_TOKEN_URL cannot be used'],
    [{ ...microsoft, MICROSOFT_GRAPH_URL: 'https://graph.example/?v=1' }, 'MICROSOFT_GRAPH_URL cannot be'],
    [{ ...microsoft, MICROSOFT_AUTHORITY: 'https://me:pass@login.example' }, 'MICROSOFT_AUTHORITY cannot be'],
    [{ ...microsoft, MICROSOFT_AUTHORITY: 'https://login.example' }, 'MICROSOFT_AUTHORITY cannot be'],
  ])('stop the start where they cannot be used: %j', (env, message) => {
    expect(() => readEnvironment(env)).toThrow(message);
  });

  it('may name this machine without https, where stand-in servers are, and other clouds', () => {
    const env = {
      ...{ ...microsoft, MICROSOFT_GRAPH_URL: 'http://127.0.0.1:4000/graph/' },
      MICROSOFT_AUTHORITY: 'https://login.microsoftonline.us/contoso.example/',
    };
    expect(readEnvironment(env).microsoft).toMatchObject({
      graphUrl: 'http://127.0.0.1:4000/graph',
      authority: 'https://login.microsoftonline.us/contoso.example',
    });
  });
});
