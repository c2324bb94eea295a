import { type DynamicModule, Module } from '@nestjs/common';
import { AUTH_COMMAND, AuthCommandController } from './auth-command.controller.ts';
import type { AuthCommand } from './auth-command.ts';
import { OPERATION_HANDLERS, OperationsController } from './operations/operations.controller.ts';

@Module({})
export class AuthCommandModule {
  static register(service: AuthCommand): DynamicModule {
    return {
      module: AuthCommandModule,
      controllers: [AuthCommandController, OperationsController],
      providers: [
        { provide: AUTH_COMMAND, useValue: service },
        { provide: OPERATION_HANDLERS, useValue: service.operations },
      ],
    };
  }
}
