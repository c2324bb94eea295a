import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseFormBody } from './form-body.ts';
import { parseJsonBody } from './json-body.ts';
import { UnreadableBody } from './unreadable-body.ts';

type Done = (error: Error | null, body?: unknown) => void;

const wanted = (form: boolean) =>
  new UnreadableBody(
    `Content-Type should be ${form ? 'application/x-www-form-urlencoded' : 'application/json'}`,
    'content_type',
  );

const wantsForm = (request: FastifyRequest) => request.routeOptions.config.endpoint?.form === true;

/**
 * Bodies by content type. What a route does not take is read within the limit all the same, so that the connection
 * stays usable, and reported by the route's own checks rather than by an error of the parser.
 */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer' } as const;
  const json = (request: FastifyRequest, body: Buffer, done: Done) =>
    done(null, wantsForm(request) ? wanted(true) : parseJsonBody(body));
  server.addContentTypeParser('application/json', options, json);
  server.addContentTypeParser(/^application\/[\w.-]+\+json/, options, json);
  server.addContentTypeParser('application/x-www-form-urlencoded', options, (request, body: Buffer, done) =>
    done(null, wantsForm(request) ? parseFormBody(body) : wanted(false)),
  );
  server.addContentTypeParser('*', options, (request, body: Buffer, done) =>
    done(null, body.length === 0 ? undefined : wanted(wantsForm(request))),
  );
}
