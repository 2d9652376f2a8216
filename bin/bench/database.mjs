/** Settings for mysql2 of a `mysql://user:password@host/schema?socketPath=…` address. */
export function settingsOf(text) {
  const parsed = new URL(text);
  const socketPath = parsed.searchParams.get('socketPath');
  return {
    ...(socketPath ? { socketPath } : { host: parsed.hostname, port: Number(parsed.port) || 3306 }),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
    timezone: 'Z',
  };
}
