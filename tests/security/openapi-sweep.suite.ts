import { type Deployment, until } from '@evident/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';
import { answersOf, type Document, type Operation } from './openapi-answers.ts';
import { type OpenedLog, openLogOf } from './opened-log.ts';
import { claimsOf, plantKey } from './planted-key.ts';
import { exchange, rawRequest } from './raw-http.ts';
import { hostile, type Schema, spoilt, valid } from './schema-arbitrary.ts';

/** Values that mean something to members of these names, which their schemas alone do not say. */
const meanings = {
  email: fc.uuid().map((name) => `${name}@example.com`),
  url: fc.webUrl({ validSchemes: ['http', 'https'] }),
  password: fc.string({ minLength: 12, maxLength: 40 }),
};

/** Operations that end the session they are asked with: they are asked as somebody whom nothing else needs. */
const endsItsCaller = new Set(['ssoLogout', 'ssoLogoutByGet', 'ssoEndSessions']);

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
    let expendable: string;
    let ids: string[];
    let contradiction: ReturnType<typeof answersOf>;

    beforeAll(async () => {
      document = (await call(evident(), '/openapi.json')).body;
      contradiction = answersOf(document);
      opened = await openLogOf(evident());
      // Enough that some are left when others were removed; users and apps are counted apart, so an id is one of each.
      const each = Array.from({ length: 8 });
      const users = await Promise.all(each.map(() => createUser(evident(), token())));
      const apps = await Promise.all(each.map(() => createApp(evident(), token())));
      ids = [...users, ...apps].map(({ body }) => String(body.id));
      const planted = await plantKey(opened.log);
      const tokenOfSomebody = async () => {
        const bearer = await createUser(evident(), token());
        return planted.signFor(bearer.body.uid, claimsOf(token()));
      };
      ordinary = await tokenOfSomebody();
      expendable = await tokenOfSomebody();
      const isKnown = async () => (await call(evident(), '/users/', { token: ordinary })).status === 403 || undefined;
      await until(isKnown, { what: 'belief in the planted key' });
    });
    afterAll(() => opened?.close());

    /** Never the first administrator, whose token all of this is asked with. */
    const idText = () =>
      fc
        .oneof(
          { weight: 6, arbitrary: fc.constantFrom(...ids) },
          { weight: 2, arbitrary: fc.integer().map(String) },
          { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
        )
        .map((id) => (Number(id) === 1 ? '2' : id))
        .map((id) => (id === '.' || id === '..' ? '%2e' : encodeURIComponent(id.toWellFormed())));

    const authorizations = (asker: string, stranger: string) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.constant([`Authorization: Bearer ${asker}`]) },
        { weight: 1, arbitrary: fc.constant([`Authorization: Bearer ${stranger}`]) },
        {
          weight: 1,
          arbitrary: fc.constantFrom<string[]>([], ['Authorization: Bearer x.y.z'], ['Authorization: Basic eA==']),
        },
      );

    const requests = (path: string, { operationId, parameters = [], requestBody }: Operation): fc.Arbitrary<Sent> => {
      const askers = endsItsCaller.has(operationId)
        ? ([expendable, expendable] as const)
        : ([token(), ordinary] as const);
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
        .tuple(...pathParts.slice(1).map(idText))
        .map((texts) => pathParts.map((part, index) => `${part}${texts[index] ?? ''}`).join(''));
      return fc
        .tuple(filled, fc.tuple(...queries), fc.tuple(...headers), authorizations(...askers), body)
        .map(([target, query, header, authorization, text]) => ({
          target: `${target}?${query.filter((one) => one !== null).join('&')}`.replace(/\?$/, ''),
          headers: [
            ...authorization,
            ...header.filter((one) => one !== null),
            ...(type === undefined ? [] : [`Content-Type: ${type}`]),
          ],
          body: text,
        }));
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
          if (run.failed) faults.push(fc.defaultReportMessage(run) ?? operation.operationId);
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
