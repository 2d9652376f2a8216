import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SecretKeys } from './secret-keys.js';

/** Hands the secret keys to every module. */
@Global()
@Module({})
export class CryptoModule {
  static with(keys: SecretKeys): DynamicModule {
    return {
      module: CryptoModule,
      providers: [{ provide: SecretKeys, useValue: keys }],
      exports: [SecretKeys],
    };
  }
}
