import {
  getRebuild,
  listParked,
  listProjections,
  type MessageContract,
  type RequestContext,
  verifyProjection,
} from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { OperationQueries } from './operation-queries.ts';

export const OPERATION_QUERIES = Symbol('OperationQueries');

type Query<Contract extends MessageContract> = z.output<Contract['request']>;

@Controller()
export class OperationsController {
  readonly #queries: OperationQueries;

  constructor(@Inject(OPERATION_QUERIES) queries: OperationQueries) {
    this.#queries = queries;
  }

  @Handles(listProjections)
  listProjections(query: Query<typeof listProjections>, context: RequestContext) {
    return this.#queries.listProjections(query, context);
  }

  @Handles(getRebuild)
  getRebuild(query: Query<typeof getRebuild>, context: RequestContext) {
    return this.#queries.getRebuild(query, context);
  }

  @Handles(listParked)
  listParked(query: Query<typeof listParked>, context: RequestContext) {
    return this.#queries.listParked(query, context);
  }

  @Handles(verifyProjection)
  verifyProjection(query: Query<typeof verifyProjection>, context: RequestContext) {
    return this.#queries.verifyProjection(query, context);
  }
}
