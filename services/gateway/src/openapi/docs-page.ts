import { createHash } from 'node:crypto';
import { curlExample } from './curl-example.ts';
import { docsStyle } from './docs-style.ts';
import { type Html, html, join, raw } from './html.ts';
import type { JsonSchema } from './json-schema.ts';
import type { MediaContent, OpenApiDocument, Operation, Response } from './openapi-document.ts';
import { kindOf, type MemberWords, membersOf, type NamedSchemas } from './schema-words.ts';

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/**
 * The OpenAPI document as a page to read: without scripts, assets or requests of its own.
 *
 * @returns the page and its Content-Security-Policy, which admits its one style sheet by hash and nothing else.
 */
export function docsPage(document: OpenApiDocument): { readonly html: string; readonly policy: string } {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })),
  );
  const groups = document.tags.map(({ name }) => ({
    name,
    listed: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { info, servers, components } = document;
  const [server] = servers;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title><style>${raw(docsStyle)}</style></head><body>
<nav><strong>${info.title}</strong>${join(groups.map(({ name, listed }) => html`<h2>${name}</h2>${join(listed.map(link))}`))}</nav>
<main><h1>${info.title} API</h1><p class="soft">Version ${info.version} at <code>${server?.url ?? ''}</code>. The same for programs:
<a href="/openapi.json">/openapi.json</a>.</p><p>${prose(info.description)}</p>
${join(groups.map(({ name, listed }) => html`<h2>${name}</h2>${join(listed.map((one) => section(one, components.schemas, server?.url ?? '')))}`))}
<h2>Objects</h2>${join(Object.entries(components.schemas).map(([name, schema]) => objectCard(name, schema, components.schemas)))}
</main></body></html>`;
  const hash = createHash('sha256').update(docsStyle).digest('base64');
  return { html: page.text, policy: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'` };
}

const badge = (method: string) => html`<b class="method ${method}">${method.toUpperCase()}</b>`;

function link({ method, path, operation }: Listed): Html {
  return html`<a href="#${operation.operationId}">${badge(method)}${path}</a>`;
}

function section({ method, path, operation }: Listed, named: NamedSchemas, server: string): Html {
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation;
  const lock = security.length > 0 ? html`<span class="lock">Bearer token</span>` : html``;
  const rows: MemberWords[] = parameters.map(({ name, required, schema, description: about = '' }) => ({
    name,
    required,
    kind: kindOf(schema),
    description: about,
  }));
  return html`<section id="${operationId}">${lock}<h3>${badge(method)}<code>${path}</code></h3><p>${summary}.</p>
${description === undefined ? html`` : html`<p>${prose(description)}</p>`}
${table('Parameters', rows)}${bodyTable(requestBody?.content, named)}
<h4>Try it</h4><pre>${curlExample({ method, path, operation, server })}</pre>
<h4>Answers</h4><table>${join(Object.entries(responses).map(([status, response]) => answerRow(status, response)))}</table></section>`;
}

function bodyTable(content: Readonly<Record<string, MediaContent>> | undefined, named: NamedSchemas): Html {
  const [entry] = Object.entries(content ?? {});
  if (entry === undefined) return html``;
  const [type, { schema }] = entry;
  return table(`Body, ${type}`, schema === undefined ? [] : membersOf(schema, named));
}

function table(title: string, rows: readonly MemberWords[]): Html {
  if (rows.length === 0) return html``;
  const row = ({ name, required, kind, description }: MemberWords) =>
    html`<tr><td><code>${name}</code>${required ? html` <small>required</small>` : html``}</td><td>${kind}${
      description === '' ? html`` : html`<br><small>${prose(description)}</small>`
    }</td></tr>`;
  return html`<h4>${title}</h4><table>${join(rows.map(row))}</table>`;
}

function answerRow(status: string, { description, content = {} }: Response): Html {
  const [entry] = Object.entries(content);
  const schema: JsonSchema | undefined = entry?.[1].schema;
  const kind = schema === undefined ? (entry?.[0] ?? '') : kindOf(schema);
  return html`<tr><td><code>${status}</code> <small>${kind === 'object' ? 'JSON' : kind}</small></td><td>${prose(description)}</td></tr>`;
}

function objectCard(name: string, schema: unknown, named: NamedSchemas): Html {
  const rows = membersOf(schema as JsonSchema, named);
  return rows.length === 0 ? html`` : html`<section id="${name}"><h3>${name}</h3>${table('Members', rows)}</section>`;
}

/** Text in which `code` is set apart, as descriptions are written. */
function prose(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
  return join(parts);
}
