import { docsPage } from './docs-page.ts';
import { type DocumentOptions, type OpenApiDocument, openApiDocument } from './openapi-document.ts';

export interface LazyDocuments {
  /** The OpenAPI document as JSON. */
  readonly text: string;
  readonly page: ReturnType<typeof docsPage>;
}

/**
 * The description of the interface, made when somebody first reads it: most processes are never asked, and it would
 * cost each start 60 ms and each idle server two megabytes.
 */
export function lazyDocuments(options: DocumentOptions): LazyDocuments {
  const document = once<OpenApiDocument>(() => openApiDocument(options));
  const text = once(() => JSON.stringify(document()));
  const page = once(() => docsPage(document()));
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
