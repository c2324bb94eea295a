import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { problems } from './problem.ts';

/** Made once, after all routes are known. */
export interface DocumentationTexts {
  /** The OpenAPI document as JSON. */
  document(): Buffer;
  page(): { readonly html: Buffer; readonly policy: string };
}

const route = { tag: 'Operation', access: 'public', rule: 'public', refusals: problems } as const;
const cached = 'public, max-age=300';
const welcome = { service: 'Evident', docs: '/docs', openapi: '/openapi.json', health: '/health', ready: '/ready' };

export function documentation(texts: DocumentationTexts): Endpoint[] {
  return [
    endpoint(
      {
        ...route,
        name: 'welcome',
        method: 'GET',
        path: '/',
        summary: 'Where to look next',
        answers: { 200: { means: 'Paths.', shape: z.record(z.string(), z.string()) } },
      },
      () => ({ status: 200, json: welcome }),
    ),
    endpoint(
      {
        ...route,
        name: 'openapi',
        method: 'GET',
        path: '/openapi.json',
        summary: 'This interface as OpenAPI 3.1',
        answers: { 200: { means: 'The document.', type: 'application/json' } },
      },
      () => ({
        status: 200,
        text: texts.document(),
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': cached },
      }),
    ),
    endpoint(
      {
        ...route,
        name: 'docs',
        method: 'GET',
        path: '/docs',
        summary: 'This interface as a page to read',
        answers: { 200: { means: 'A page without scripts or anything from elsewhere.', type: 'text/html' } },
      },
      () => {
        const { html, policy } = texts.page();
        return {
          status: 200,
          text: html,
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': policy,
            'cache-control': cached,
          },
        };
      },
    ),
  ];
}
