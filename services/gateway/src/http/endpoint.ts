import type { z } from 'zod';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { type InputProblem, type InputShapes, type RawInput, readInput } from './input.ts';
import type { Refusals } from './refusals.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may use a route: `public` anyone; `self` whoever is signed in, about their own things; else the scope that it
 * needs, as the services ask for it. The services decide by their own; here it says so to readers.
 */
export type Rule = 'public' | 'self' | `${Verb}:${string}/${string}`;
type Verb = 'read' | 'create' | 'update' | 'delete' | 'manage';

/** What an answer looks like, for the OpenAPI document. */
export interface DocumentedAnswer {
  readonly means: string;
  readonly shape?: z.ZodType;
  /** Media type, where it is not JSON. */
  readonly type?: string;
  /** Media type that the same comes in for who asks for it by `Accept`. */
  readonly otherType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

/** One route as data: Fastify, the checks of input and the OpenAPI document are all made from it. */
export interface Route {
  /** Operation id, unique over all contracts. */
  readonly name: string;
  readonly method: Method;
  /** As OpenAPI writes it: `/users/{user_id}`. A trailing slash is optional on every route. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `bearer`: a credential (a token, the cookie of a same-origin request, or an API key) comes before anything else. */
  readonly access: 'public' | 'bearer';
  readonly rule: Rule;
  /** Takes the token that was made for another app of the tenant too. */
  readonly anyApp?: boolean;
  /** Answered even when the gateway is at its limit or the address floods. */
  readonly always?: boolean;
  /** Asked by apps with what others gave them: a refusal says nothing against the address that asks. */
  readonly relayed?: boolean;
  /** Changes nothing, though its method is not GET: it takes so long that no link may lead to it. */
  readonly onlyAsks?: boolean;
  readonly form?: boolean;
  readonly bodyExample?: unknown;
  /** What it reads of the head beside what every route does; for the document. */
  readonly headers?: Readonly<Record<string, string>>;
  /** 401, 403, 422, 429, 503 and 500 are added by the document where they can occur. */
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
}

export function isRead({ method, onlyAsks }: Pick<Route, 'method' | 'onlyAsks'>): boolean {
  return method === 'GET' || onlyAsks === true;
}

/** A route with who answers it. */
export interface Endpoint extends Route, InputShapes {
  readonly refusals: Refusals;
  handle(raw: RawInput, call: Call): Answer | Promise<Answer>;
}

type OutputOf<Shape> = Shape extends z.ZodType ? z.output<Shape> : undefined;

export interface InputOf<Shapes extends InputShapes> {
  readonly params: OutputOf<Shapes['params']>;
  readonly query: OutputOf<Shapes['query']>;
  readonly body: OutputOf<Shapes['body']>;
}

/**
 * Joins a route, the shapes of its input and its action. The action gets input that was checked, and every problem of
 * params, query and body is reported at once, up to a hundred of each.
 */
export function endpoint<const Shapes extends InputShapes>(
  route: Route & Shapes & { readonly refusals: Refusals },
  action: (input: InputOf<Shapes>, call: Call) => Answer | Promise<Answer>,
): Endpoint {
  return {
    ...route,
    handle(raw, call) {
      const problems: InputProblem[] = [];
      const input = readInput(route, raw, problems);
      // Read by the shapes of `Shapes`, which the compiler cannot follow through `readInput`.
      return problems.length > 0 ? refuseInput(route.refusals, problems, call) : action(input as InputOf<Shapes>, call);
    },
  };
}

/** 401 comes before 422. */
async function refuseInput(refusals: Refusals, problems: readonly InputProblem[], call: Call): Promise<Answer> {
  const error = await call.confirmCaller();
  return error === undefined ? refusals.invalid(problems) : refusals.refuse(error);
}
