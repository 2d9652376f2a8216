import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SecretKeys } from '../crypto/secret-keys.js';
import { type Environment } from './environment.js';

export const ENVIRONMENT = Symbol('environment');

/** Hands the operator's settings and the secret keys to every module. */
@Global()
@Module({})
export class ConfigModule {
  static with(environment: Environment, keys: SecretKeys): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: SecretKeys, useValue: keys },
      ],
      exports: [ENVIRONMENT, SecretKeys],
    };
  }
}
