import { type DynamicModule, Module } from '@nestjs/common';
import { IDENTITY_QUERIES, IdentityProjectionController } from './identity-projection.controller.ts';
import type { IdentityProjection } from './identity-projection.ts';
import { OPERATION_QUERIES, OperationsController } from './operations/operations.controller.ts';
import { PEOPLE_QUERIES, PeopleController } from './queries/people/people.controller.ts';
import { SESSION_QUERIES, SessionsController } from './sessions/sessions.controller.ts';

@Module({})
export class IdentityProjectionModule {
  static register({ queries, operationQueries, sessionQueries }: IdentityProjection): DynamicModule {
    return {
      module: IdentityProjectionModule,
      controllers: [IdentityProjectionController, PeopleController, OperationsController, SessionsController],
      providers: [
        { provide: IDENTITY_QUERIES, useValue: queries },
        { provide: PEOPLE_QUERIES, useValue: queries },
        { provide: OPERATION_QUERIES, useValue: operationQueries },
        { provide: SESSION_QUERIES, useValue: sessionQueries },
      ],
    };
  }
}
