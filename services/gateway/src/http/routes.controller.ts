import { Controller, Req, RequestMapping, RequestMethod, Res, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpContract } from './http-contract.ts';
import type { EndpointRunner } from './run-endpoint.ts';

const methods = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
} as const;

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * The Nest controller of a contract: one method for each row of its route table, and nothing but that. The table is
 * what the OpenAPI document and the checks of input are made from too, so the three cannot drift apart.
 */
export function routesController(contract: HttpContract, runner: EndpointRunner): Type<object> {
  @Controller()
  class RoutesController {}
  Object.defineProperty(RoutesController, 'name', { value: `${contract.name}Controller` });
  for (const endpoint of contract.endpoints) {
    const value: Handler = (request, reply) => runner.run(endpoint, request, reply);
    const descriptor: TypedPropertyDescriptor<Handler> = { value, writable: true, configurable: true };
    const { prototype } = RoutesController;
    Object.defineProperty(prototype, endpoint.name, descriptor);
    const path = endpoint.path.replace(/\{([^}]+)\}/g, ':$1');
    RequestMapping({ path, method: methods[endpoint.method] })(prototype, endpoint.name, descriptor);
    RouteConfig({ endpoint })(prototype, endpoint.name, descriptor);
    Req()(prototype, endpoint.name, 0);
    Res()(prototype, endpoint.name, 1);
  }
  return RoutesController;
}
