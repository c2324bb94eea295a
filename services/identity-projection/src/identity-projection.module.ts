import { type DynamicModule, Module } from '@nestjs/common';
import { IDENTITY_QUERIES, IdentityProjectionController } from './identity-projection.controller.ts';
import type { IdentityProjection } from './identity-projection.ts';

@Module({})
export class IdentityProjectionModule {
  static register({ queries }: IdentityProjection): DynamicModule {
    return {
      module: IdentityProjectionModule,
      controllers: [IdentityProjectionController],
      providers: [{ provide: IDENTITY_QUERIES, useValue: queries }],
    };
  }
}
