import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { NamedSchemas, Schema } from './schema-arbitrary.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

export interface Operation {
  readonly operationId: string;
  readonly 'x-evident-rule': string;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly headers?: object }>>;
}

/** The OpenAPI document as far as a client follows it. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: NamedSchemas };
}

/** An answer as it was received; names of headers in lower case. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null | undefined };
  readonly body: string;
}

/** What every refusal with this status has; others of its headers stand there where there is something to say. */
const headerOfRefusal: Readonly<Record<number, string>> = {
  401: 'www-authenticate',
  429: 'retry-after',
  503: 'retry-after',
};
/** Headers that say something about an answer, so that the document has to name them. */
const toldHeaders = ['www-authenticate', 'retry-after', 'x-evident-position', 'location', 'x-total-count'];

/** For an answer to an operation: how it contradicts the document, undefined where it does not. A fault always does. */
export function answersOf({ components }: Pick<Document, 'components'>) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', components });
  const checks = new WeakMap<Schema, ValidateFunction>();

  const checkOf = (schema: Schema): ValidateFunction => {
    const check = checks.get(schema) ?? ajv.compile(pointingAtDocument(schema));
    checks.set(schema, check);
    return check;
  };

  return ({ responses }: Pick<Operation, 'responses'>, answer: ReceivedAnswer): string | undefined => {
    const { status, headers, body } = answer;
    if (status >= 500 && status !== 503) return `a fault: ${status} ${body}`;
    const response = responses[String(status)];
    if (response === undefined) return `the status ${status}, which is not there: ${body}`;
    const promised = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
    const missing = promised.find((name) => (status < 300 || headerOfRefusal[status] === name) && !headers.get(name));
    if (missing !== undefined) return `${status} without ${missing}: ${body}`;
    const untold = toldHeaders.find((name) => headers.get(name) && !promised.includes(name));
    if (untold !== undefined) return `${status} with ${untold}, which is not there: ${body}`;
    if (response.content === undefined) return body === '' ? undefined : `a body where there is none: ${body}`;
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    const content = response.content[type];
    if (content === undefined) return `${status} with the type ${type}, which is not there`;
    if (content.schema === undefined) return undefined;
    const check = checkOf(content.schema);
    return check(JSON.parse(body)) ? undefined : `${status} ${body}: ${ajv.errorsText(check.errors)}`;
  };
}

function pointingAtDocument(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'));
}
