import { answersOf, type Document, type Operation, type ReceivedAnswer } from '../security/openapi-answers.ts';

interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** How an answer contradicts the document of the server that gave it; undefined where it does not. */
type Contradiction = (request: Request, answer: ReceivedAnswer) => string | undefined;

const documents = new Map<string, Promise<Contradiction | undefined>>();

/**
 * Holds an answer against `/openapi.json` of its server, which is asked for once. Where that is no Evident, or has gone
 * away since, nothing is said.
 */
export async function contradictionIn(url: string, request: Request, answer: ReceivedAnswer) {
  const asked = documents.get(url) ?? documentOf(url);
  documents.set(url, asked);
  const contradiction = await asked;
  if (contradiction === undefined) documents.delete(url);
  return contradiction?.(request, answer);
}

async function documentOf(url: string): Promise<Contradiction | undefined> {
  try {
    const response = await fetch(`${url}/openapi.json`);
    const document = (await response.json()) as Document & { readonly info?: { readonly title?: string } };
    return document.info?.title === 'Evident' ? contradictionOf(document) : undefined;
  } catch {
    return undefined;
  }
}

function contradictionOf(document: Document): Contradiction {
  const contradicts = answersOf(document);
  // A path without parameters is meant before one with them: `/users/me` before `/users/{user_id}`.
  const paths = Object.keys(document.paths).sort((one, other) => parametersIn(one) - parametersIn(other));
  const patterns = paths.map((path) => ({ pattern: patternOf(path), methods: document.paths[path] ?? {} }));

  return ({ method, path }, answer) => {
    const [bare = ''] = path.split('?');
    const methods = patterns.find(({ pattern }) => pattern.test(bare))?.methods;
    const operation: Operation | undefined = methods?.[method.toLowerCase()];
    return operation === undefined ? undefined : contradicts(operation, answer);
  };
}

const parametersIn = (path: string) => path.split('{').length;

function patternOf(path: string): RegExp {
  const literal = path.replace(/\/$/, '').replace(/[.]/g, '\\.');
  return new RegExp(`^${literal.replace(/\{[^}]+\}/g, '[^/]+')}/?$`);
}
