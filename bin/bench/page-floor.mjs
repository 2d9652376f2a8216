/*
 * The least a page can cost: the same template with the same data through the bare framework, without session,
 * guards and database. The data is taken from one real request of the application, then the database is left alone.
 */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { parts } from '../../dist/ormconfig.js';
import { createApp } from '../../dist/src/app.js';
import { readEnvironment } from '../../dist/src/config/environment.js';
import { loadKeys } from '../../dist/src/crypto/load-keys.js';
import { openDatabase } from '../../dist/src/database/open.js';
import { Templates } from '../../dist/src/web/templates.js';
import { Client } from './client.mjs';
import { freePort } from './application.mjs';

const [, , email, password, path] = process.argv;
const { templates, view, data } = await onePage();

class Bare {
  page() {
    return templates.render(view, data);
  }
}
Controller()(Bare);
Get(path.slice(1))(Bare.prototype, 'page', Object.getOwnPropertyDescriptor(Bare.prototype, 'page'));
class BareModule {}
Module({ controllers: [Bare] })(BareModule);

const port = await freePort();
const bare = await NestFactory.create(BareModule, { logger: false });
await bare.listen(port, '127.0.0.1');
process.send({ origin: `http://localhost:${port}` });
process.on('SIGTERM', () => process.exit(0));

/** What the application renders `path` from, for this user. */
async function onePage() {
  const ownPort = await freePort();
  const environment = readEnvironment({ ...process.env, PORT: String(ownPort), WORKER: 'off' });
  const keys = loadKeys(environment);
  const database = await openDatabase(environment.databaseUrl, 'web', parts);
  const app = await createApp({ environment, keys, database });
  const real = app.get(Templates);
  const render = real.render.bind(real);
  let taken;
  real.render = (name, values) => {
    taken = { view: name, data: values };
    return render(name, values);
  };
  await app.listen(ownPort, '127.0.0.1');
  const client = new Client(`http://localhost:${ownPort}`);
  await client.signIn(email, password);
  await client.get(path);
  client.close();
  // The form token is worked out when a template asks for it; here it is a fixed value like the rest.
  const shell = { ...taken.data.shell };
  await app.close();
  return { templates: real, view: taken.view, data: { ...taken.data, shell } };
}
