import { Global, Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Hands the one connected DataSource to every module and closes it with the application. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleDestroy {
  constructor(private readonly database: DataSource) {}

  static with(database: DataSource): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [{ provide: DataSource, useValue: database }],
      exports: [DataSource],
    };
  }

  async onModuleDestroy(): Promise<void> {
    if (this.database.isInitialized) await this.database.destroy();
  }
}
