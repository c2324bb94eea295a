import { accessCookie } from '../access/credential.ts';
import { type DocumentedAnswer, type Endpoint, isRead } from '../http/endpoint.ts';
import type { HttpContract } from '../http/http-contract.ts';
import { answersOf } from './implied-answers.ts';
import { type JsonSchema, SchemaCollection } from './json-schema.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface MediaContent {
  readonly schema?: JsonSchema;
  readonly example?: unknown;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, MediaContent>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** Who may: `public`, `self`, or the scope that is needed. */
  readonly 'x-evident-rule': string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, MediaContent>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), as far as this document uses it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export interface DocumentOptions {
  readonly contracts: readonly HttpContract[];
  readonly publicUrl: string;
  readonly version: string;
}

const about =
  'Users, apps and who may use which, with an event behind every answer. Every answer has an `X-Request-Id`, that of ' +
  'the request where it sent one. A trailing slash is optional on every route.';

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key (`usso_sk_`).' },
  cookie: { type: 'apiKey', in: 'cookie', name: accessCookie, description: 'Of same-origin requests only.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
};
const anyCredential = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));

/** The document of the routes as they are registered: made from the same table, by the same shapes. */
export function openApiDocument({ contracts, publicUrl, version }: DocumentOptions): OpenApiDocument {
  const schemas = new SchemaCollection();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const contract of contracts) {
    for (const endpoint of contract.endpoints) {
      const path = paths[endpoint.path] ?? {};
      path[endpoint.method.toLowerCase()] = operationOf(endpoint, contract, schemas);
      paths[endpoint.path] = path;
    }
  }
  const tags = new Set(contracts.flatMap(({ endpoints }) => endpoints.map(({ tag }) => tag)));
  return {
    openapi: '3.1.1',
    info: { title: 'Evident', version, description: about },
    servers: [{ url: publicUrl }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes,
    },
  };
}

function operationOf(endpoint: Endpoint, contract: HttpContract, schemas: SchemaCollection): Operation {
  const { name, tag, summary, description, access, rule } = endpoint;
  const parameters = [
    ...parametersOf('path', endpoint.params, schemas),
    ...parametersOf('query', endpoint.query, schemas),
    ...headersOf(endpoint),
  ];
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    'x-evident-rule': rule,
    security: access === 'bearer' ? anyCredential : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(endpoint, schemas),
    responses: Object.fromEntries(
      Object.entries(answersOf(endpoint, contract)).map(([status, answer]) => [
        status,
        responseOf(answer, contract, Number(status), schemas),
      ]),
    ),
  };
}

function parametersOf(where: 'path' | 'query', shape: Endpoint['query'], schemas: SchemaCollection): Parameter[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = schemas.schemaOf(shape, 'input') as {
    properties?: Readonly<Record<string, JsonSchema & { description?: string }>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function headersOf(endpoint: Endpoint): Parameter[] {
  const own = Object.entries(endpoint.headers ?? {}).map(([name, description]) => header(name, 256, description));
  if (endpoint.access !== 'bearer') return own;
  const known = isRead(endpoint) ? 'The answer' : 'The check of the credential';
  const upTo = `${known} knows everything up to this position, or is 503.`;
  const minPosition = header('X-Evident-Min-Position', 256, upTo);
  if (isRead(endpoint)) return [...own, minPosition];
  const once = 'The same key with the same request acts once and gets the same answer.';
  return [...own, header('Idempotency-Key', 128, once), minPosition];
}

function header(name: string, maxLength: number, description: string): Parameter {
  const schema = { type: 'string', minLength: 1, maxLength };
  return { name, in: 'header', required: false, description, schema };
}

function bodyOf({ body, optionalBody, form, bodyExample }: Endpoint, schemas: SchemaCollection) {
  if (body === undefined) return {};
  const content: MediaContent = {
    schema: schemas.schemaOf(body, 'input'),
    ...(bodyExample === undefined ? {} : { example: bodyExample }),
  };
  const type = form === true ? 'application/x-www-form-urlencoded' : 'application/json';
  return { requestBody: { required: optionalBody !== true, content: { [type]: content } } };
}

function responseOf(
  answer: DocumentedAnswer,
  contract: HttpContract,
  status: number,
  schemas: SchemaCollection,
): Response {
  const other = answer.otherType === undefined ? {} : { [answer.otherType]: {} };
  const shape = answer.shape ?? (status >= 400 ? contract.errorShape : undefined);
  const isProblem = status >= 400 && answer.type === undefined && contract.errorType !== undefined;
  const type = isProblem ? contract.errorType : (answer.type ?? 'application/json');
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  return {
    description: answer.means,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(shape === undefined && answer.type === undefined
      ? {}
      : {
          content: {
            [type ?? 'application/json']: shape === undefined ? {} : { schema: schemas.schemaOf(shape, 'output') },
            ...other,
          },
        }),
  };
}
