import { type DynamicModule, Module } from '@nestjs/common';

/** The three services behind the gateway, on one transport. */
@Module({})
export class BackServicesModule {
  static register(services: readonly DynamicModule[]): DynamicModule {
    return { module: BackServicesModule, imports: [...services] };
  }
}
