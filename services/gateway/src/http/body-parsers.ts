import type { FastifyInstance, FastifyRequest, preParsingHookHandler } from 'fastify';
import { parseFormBody } from './form-body.ts';
import { parseJsonBody } from './json-body.ts';
import { UnreadableBody } from './unreadable-body.ts';

type Done = (error: Error | null, body?: unknown) => void;

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;
const parsers = { json: parseJsonBody, form: parseFormBody } as const;
type Kind = keyof typeof parsers;

/**
 * Bodies by content type. What a route does not take is read within the limit all the same, so that the connection
 * stays usable, and reported by the route's own checks rather than by an error of the parser.
 */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addHook('preParsing', forgetUnreadableType);
  const options = { parseAs: 'buffer' } as const;
  const parserOf = (sent: Kind | 'other') => (request: FastifyRequest, bytes: Buffer, done: Done) =>
    done(null, bodyOf(request, sent, bytes));
  server.addContentTypeParser(mediaTypes.json, options, parserOf('json'));
  server.addContentTypeParser(/^application\/[\w.-]+\+json(?:;|$)/, options, parserOf('json'));
  server.addContentTypeParser(mediaTypes.form, options, parserOf('form'));
  server.addContentTypeParser('*', options, parserOf('other'));
}

/** A type that is malformed says no more than none; Fastify would refuse the request, also where nothing was sent. */
const forgetUnreadableType: preParsingHookHandler = (request, _reply, payload, done) => {
  const { headers } = request;
  if (headers['content-type'] !== undefined && request.mediaType === undefined) delete headers['content-type'];
  done(null, payload);
};

function bodyOf({ routeOptions, headers }: FastifyRequest, sent: Kind | 'other', bytes: Buffer): unknown {
  const taken: Kind = routeOptions.config.endpoint?.form === true ? 'form' : 'json';
  if (sent !== taken) {
    // Clients name a type by habit also where they send nothing.
    const isNothing = bytes.length === 0;
    return isNothing ? undefined : new UnreadableBody(`Content-Type should be ${mediaTypes[taken]}`, 'content_type');
  }
  const { 'content-encoding': coding = 'identity' } = headers;
  if (coding.toLowerCase() !== 'identity')
    return new UnreadableBody('Content-Encoding should be identity', 'content_encoding');
  return parsers[taken](bytes);
}
