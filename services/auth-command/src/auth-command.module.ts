import { type DynamicModule, Module } from '@nestjs/common';
import { AccessController } from './access/access.controller.ts';
import { AuthCommandController } from './auth-command.controller.ts';
import type { AuthCommand } from './auth-command.ts';
import { OPERATION_COMMANDS, OperationsController } from './operations/operations.controller.ts';
import { PeopleController } from './people/people.controller.ts';
import { AUTH_COMMAND } from './service-token.ts';
import { EvidenceController } from './undo/evidence.controller.ts';

/** Together they answer every command about identities. */
export const identityControllers = [AuthCommandController, AccessController, PeopleController] as const;

@Module({})
export class AuthCommandModule {
  static register(service: AuthCommand): DynamicModule {
    return {
      module: AuthCommandModule,
      controllers: [...identityControllers, OperationsController, EvidenceController],
      providers: [
        { provide: AUTH_COMMAND, useValue: service },
        { provide: OPERATION_COMMANDS, useValue: service.operations },
      ],
    };
  }
}
