import { installationId } from '../../../src/database/installation.js';
import { type TestApp } from '../../support/app.js';

/** The path of the link that the start prints, whether or not somebody has followed it. */
export async function setUpLink({ database, keys }: TestApp): Promise<string> {
  return `/setup/${keys.sign('setup', await installationId(database))}`;
}
