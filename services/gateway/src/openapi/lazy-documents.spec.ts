import { expect, it } from 'vitest';
import { lazyDocuments } from './lazy-documents.ts';

it('gives every reader the same bytes: of a text each that reads slowly would hold a copy', () => {
  const documents = lazyDocuments({ contracts: [], publicUrl: 'http://localhost:8000', version: '1' });
  expect(documents.text).toBeInstanceOf(Buffer);
  expect(documents.text).toBe(documents.text);
  expect(documents.page.html).toBeInstanceOf(Buffer);
  expect(documents.page.html).toBe(documents.page.html);
  expect(JSON.parse(documents.text.toString())).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
});
