import { type DynamicModule, Module } from '@nestjs/common';
import { AccessController } from './access/access.controller.ts';
import { IDENTITY_QUERIES, IdentityProjectionController } from './identity-projection.controller.ts';
import type { IdentityProjection } from './identity-projection.ts';
import { OPERATION_QUERIES, OperationsController } from './operations/operations.controller.ts';
import { PEOPLE_QUERIES, PeopleController } from './people/people.controller.ts';
import { SESSION_QUERIES, SessionsController } from './sessions/sessions.controller.ts';
import { WEBHOOK_QUERIES, WebhooksController } from './webhooks/webhooks.controller.ts';

/** Together they answer every query about identities. */
export const identityControllers = [IdentityProjectionController, PeopleController, AccessController] as const;

@Module({})
export class IdentityProjectionModule {
  static register({ queries, operationQueries, webhookQueries, sessionQueries }: IdentityProjection): DynamicModule {
    return {
      module: IdentityProjectionModule,
      controllers: [...identityControllers, OperationsController, WebhooksController, SessionsController],
      providers: [
        { provide: IDENTITY_QUERIES, useValue: queries },
        { provide: PEOPLE_QUERIES, useValue: queries },
        { provide: OPERATION_QUERIES, useValue: operationQueries },
        { provide: WEBHOOK_QUERIES, useValue: webhookQueries },
        { provide: SESSION_QUERIES, useValue: sessionQueries },
      ],
    };
  }
}
