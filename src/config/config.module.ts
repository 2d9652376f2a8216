import { Global, Module, type DynamicModule } from '@nestjs/common';
import { type Environment } from './environment.js';

export const ENVIRONMENT = Symbol('environment');

/** Hands the operator's settings to every module. */
@Global()
@Module({})
export class ConfigModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: ENVIRONMENT, useValue: environment }],
      exports: [ENVIRONMENT],
    };
  }
}
