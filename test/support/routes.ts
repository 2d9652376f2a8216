import { type RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { ACCESS } from '../../src/web/access.js';
import { type TestApp } from './app.js';

export interface Route {
  name: string;
  method: RequestMethod;
  path: string;
  access: unknown;
  handler: object;
}

/** Every handler of every controller, as the framework's own container knows them. */
export function routesOf(test: TestApp): Route[] {
  const reflector = new Reflector();
  const routes: Route[] = [];
  for (const module of test.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, unknown>;
      for (const key of Object.getOwnPropertyNames(prototype)) {
        const handler = prototype[key];
        if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
        const part = (target: object) =>
          [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat()[0];
        routes.push({
          name: `${metatype.name}.${key}`,
          method: Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod,
          path: `/${[part(metatype), part(handler)].join('/')}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
          handler,
          access: reflector.getAllAndOverride(ACCESS, [handler as () => void, metatype as never]),
        });
      }
    }
  }
  return routes;
}
