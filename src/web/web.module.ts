import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { SecretKeys } from '../crypto/secret-keys.js';
import { Assets } from './assets.js';
import { Csrf } from './csrf.js';
import { ErrorFilter } from './error.filter.js';
import { FormTokenGuard } from './form-token.guard.js';
import { HealthController, Readiness } from './health.controller.js';
import { viewsDir } from './paths.js';
import { RenderInterceptor } from './render.interceptor.js';
import { Renderer } from './renderer.js';
import { Templates } from './templates.js';

/** Read and compiled once for a process, however many applications it has one after the other. */
const own: { assets?: Assets; templates?: Templates } = {};

/** Pages in and out: rendering, forms, errors, health. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [
    { provide: Assets, useFactory: () => (own.assets ??= new Assets()) },
    {
      provide: Templates,
      useFactory: (assets: Assets) => (own.templates ??= new Templates(viewsDir, { assets })),
      inject: [Assets],
    },
    {
      provide: Csrf,
      useFactory: (keys: SecretKeys, environment: Environment) => new Csrf(keys, environment),
      inject: [SecretKeys, ENVIRONMENT],
    },
    Readiness,
    Renderer,
    ErrorFilter,
    { provide: APP_FILTER, useExisting: ErrorFilter },
    { provide: APP_GUARD, useClass: FormTokenGuard },
    { provide: APP_INTERCEPTOR, useClass: RenderInterceptor },
  ],
  exports: [Readiness, Assets, Templates, Csrf, Renderer, ErrorFilter],
})
export class WebModule {}
