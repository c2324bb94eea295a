import type { Operation } from './openapi-document.ts';

export interface CurlExampleOptions {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly server: string;
}

/** A command that can be pasted: with example values where the route needs some. */
export function curlExample({ method, path, operation, server }: CurlExampleOptions): string {
  const url = `${server}${path.replace(/\{([^}]+)\}/g, (_, name: string) => exampleOf(name, operation))}`;
  const verb = method === 'get' ? [] : [`-X ${method.toUpperCase()}`];
  const token = operation.security.length > 0 ? ['-H "Authorization: Bearer $TOKEN"'] : [];
  return [['curl', ...verb, quoted(url)].join(' '), ...token, ...bodyOf(operation)].join(' \\\n  ');
}

function exampleOf(name: string, { parameters = [] }: Operation): string {
  const { examples } = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
  return Array.isArray(examples) ? String(examples[0]) : name;
}

function bodyOf({ requestBody }: Operation): string[] {
  const [entry] = Object.entries(requestBody?.content ?? {});
  if (entry === undefined) return [];
  const [type, { example }] = entry;
  if (typeof example !== 'object' || example === null) return [];
  if (type === 'application/json')
    return [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(example))}`];
  return Object.entries(example).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`);
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
