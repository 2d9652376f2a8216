import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { AppModule, type AppParts } from './app.module.js';
import { installSessions } from './auth/install-sessions.js';
import { HttpAdapter } from './web/http-adapter.js';
import { NestLog } from './web/log.js';
import { installWeb } from './web/server.js';

/** The application, ready to listen; main.ts and the tests make it the same way. */
export async function createApp(parts: AppParts): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(parts), new HttpAdapter(), {
    logger: new NestLog(),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  installWeb(app, parts.environment, installSessions);
  await app.init();
  return app;
}
