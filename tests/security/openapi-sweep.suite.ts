import { type Deployment, until } from '@evident/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import '../property-sizes.ts';
import { answersOf, type Document, type Operation } from './openapi-answers.ts';
import { type OpenedLog, openLogOf } from './opened-log.ts';
import { claimsOf, plantKey } from './planted-key.ts';
import { exchange, rawRequest } from './raw-http.ts';
import { hostile, type Schema, spoilt, valid } from './schema-arbitrary.ts';
import { type KnownIds, makeThings } from './sweep-ids.ts';

/** Values that mean something to members of these names, which their schemas alone do not say. */
const meanings = {
  email: fc.uuid().map((name) => `${name}@example.com`),
  url: fc.webUrl({ validSchemes: ['http', 'https'] }),
  password: fc.string({ minLength: 12, maxLength: 40 }),
  secret: fc.string({ minLength: 12, maxLength: 40 }),
  identifier: fc.uuid().map((name) => `${name}@example.com`),
  scopes: fc.constantFrom(['read:content'], ['read:sso/user', 'update:content?workspace_id=x'], []),
};

/** Requests to each operation of the document. */
const rounds = Number(process.env.SWEEP_ROUNDS ?? 12);

interface Sent {
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** The document taken at its word: whatever it allows, and what it does not, gets an answer that it describes. */
export function openApiSweepSuite(evident: () => Deployment, token: () => string): void {
  describe('every operation of /openapi.json', () => {
    let document: Document;
    let opened: OpenedLog;
    let ordinary: string;
    /** Of a person whom what one does to oneself may end, each of a session of its own. */
    let throwaways: string[];
    let ids: KnownIds;
    let contradiction: ReturnType<typeof answersOf>;

    beforeAll(async () => {
      document = (await call(evident(), '/openapi.json')).body;
      contradiction = answersOf(document);
      opened = await openLogOf(evident());
      ids = await makeThings(evident(), token());
      const bearer = await createUser(evident(), token());
      const planted = await plantKey(opened.log);
      ordinary = await planted.signFor(bearer.body.uid, claimsOf(token()));
      const other = await createUser(evident(), token());
      const signed = Array.from({ length: rounds }, () => planted.signFor(other.body.uid, claimsOf(token())));
      throwaways = await Promise.all(signed);
      const isKnown = async () => (await call(evident(), '/users/', { token: ordinary })).status === 403 || undefined;
      await until(isKnown, { what: 'belief in the planted key' });
    });
    afterAll(() => opened?.close());

    const authorizations = (rule: string) =>
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc.constantFrom(...(rule.includes(':') ? [token()] : throwaways)).map(bearing),
        },
        { weight: 1, arbitrary: fc.constant(bearing(ordinary)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom<string[]>([], ['Authorization: Bearer x.y.z'], ['Authorization: Basic eA==']),
        },
      );

    const requests = (
      path: string,
      { parameters = [], requestBody, 'x-evident-rule': rule }: Operation,
    ): fc.Arbitrary<Sent> => {
      const named = document.components.schemas;
      const texts = (schema: Schema) => fc.oneof({ weight: 3, arbitrary: valid(schema, named) }, hostile).map(asText);
      const queries = parameters
        .filter((one) => one.in === 'query')
        .map(({ name, schema }) =>
          seldom(texts(schema).map((text) => `${name}=${encodeURIComponent(text.toWellFormed())}`)),
        );
      const headers = parameters
        .filter((one) => one.in === 'header')
        .map(({ name, schema }) => seldom(valid(schema, named).map((text) => `${name}: ${printable(asText(text))}`)));
      const [[type, content] = []] = Object.entries(requestBody?.content ?? {});
      const good = valid(content?.schema ?? {}, named, meanings);
      const encode = type === 'application/x-www-form-urlencoded' ? asForm : asJson;
      const body =
        type === undefined ? fc.constant('') : fc.oneof({ weight: 2, arbitrary: good }, spoilt(good)).map(encode);
      const pathParts = path.split(/\{[^}]+\}/);
      const filled = fc
        .tuple(...pathParts.slice(1).map(() => ids.textFor(path)))
        .map((texts) => pathParts.map((part, index) => `${part}${texts[index] ?? ''}`).join(''));
      return (
        fc
          .tuple(filled, fc.tuple(...queries), fc.tuple(...headers), authorizations(rule), body)
          .map(([target, query, header, authorization, text]) => ({
            target: `${target}?${query.filter((one) => one !== null).join('&')}`.replace(/\?$/, ''),
            headers: [
              ...authorization,
              ...header.filter((one) => one !== null),
              ...(type === undefined ? [] : [`Content-Type: ${type}`]),
            ],
            body: text,
          }))
          // Beyond what a head may have it is 431, whatever the operation.
          .filter(({ target }) => target.length < 12_000)
      );
    };

    it(`answers ${rounds} requests to each, valid and spoilt, as it says and never with a fault`, {
      timeout: 600_000,
    }, async () => {
      const faults: string[] = [];
      for (const [path, methods] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(methods)) {
          const property = fc.asyncProperty(requests(path, operation), async ({ target, headers, body }) => {
            const bytes = rawRequest(method.toUpperCase(), target, { headers, body });
            expect(contradiction(operation, await exchange(evident(), bytes))).toBeUndefined();
          });
          const run = await fc.check(property, { numRuns: rounds, endOnFailure: true });
          if (run.failed)
            faults.push(`${operation.operationId}: ${fc.defaultReportMessage(run)}\n${run.errorInstance}`);
        }
      }
      expect(faults.join('\n\n')).toBe('');
    });

    it('left the log readable, and the administrator who asked signed in', async () => {
      expect((await call(evident(), '/users/', { token: token() })).status).toBe(200);
      for (const event of await opened.stored())
        expect(await opened.log.codec.decode(event)).not.toHaveProperty('problem');
    });
  });
}

const bearing = (credential: string) => [`Authorization: Bearer ${credential}`];
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const asJson = (value: unknown) => JSON.stringify(value) ?? 'null';
const asText = (value: unknown) => (typeof value === 'string' ? value : asJson(value));
const asForm = (value: unknown) =>
  typeof value === 'object' && value !== null
    ? `${new URLSearchParams(Object.entries(value).map(([name, one]): [string, string] => [name, asText(one)]))}`
    : asText(value);
/** Header values are bytes of ASCII; what else a header can hold is tried elsewhere. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').trim();
