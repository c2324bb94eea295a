import { docsPage } from './docs-page.ts';
import { type DocumentOptions, type OpenApiDocument, openApiDocument } from './openapi-document.ts';

export interface LazyDocuments {
  /** The OpenAPI document as JSON. */
  readonly text: Buffer;
  readonly page: { readonly html: Buffer; readonly policy: string };
}

/**
 * The description of the interface, made when somebody first reads it: most processes are never asked, and it would
 * cost each start 60 ms and each idle server two megabytes. As bytes, which all who read it share: a text is copied for
 * each, and anybody may ask for hundreds of kilobytes again and again and not read them.
 */
export function lazyDocuments(options: DocumentOptions): LazyDocuments {
  const document = once<OpenApiDocument>(() => openApiDocument(options));
  const text = once(() => Buffer.from(JSON.stringify(document())));
  const page = once(() => {
    const { html, policy } = docsPage(document());
    return { html: Buffer.from(html), policy };
  });
  return {
    get text() {
      return text();
    },
    get page() {
      return page();
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
