import { describe, expect, it } from 'vitest';
import { answersOf } from './openapi-answers.ts';
import { readAnswers } from './raw-http.ts';

const schema = { $ref: '#/components/schemas/User' };
const operation = {
  responses: {
    200: { content: { 'application/json': { schema: { type: 'array', items: schema } } } },
    204: {},
    201: { headers: { 'X-Evident-Position': {} } },
    503: { headers: { 'Retry-After': {}, 'X-Evident-Position': {} }, content: { 'application/json': {} } },
  },
};
const contradiction = answersOf({
  components: {
    schemas: { User: { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } } },
  },
});

function answered(status: number, body: string, type = 'application/json; charset=utf-8', header = 'X-Other: 1') {
  const lines = [`HTTP/1.1 ${status} X`, `Content-Type: ${type}`, `Content-Length: ${body.length}`, header];
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  const [answer] = readAnswers(Buffer.from(`${head}${body}`));
  if (answer === undefined) throw new Error('no answer');
  return contradiction(operation, answer);
}

describe('an answer', () => {
  it.each([
    [200, '[{"id":1}]'],
    [200, '[]'],
    [204, ''],
  ])('%i %s agrees with its document', (status, body) => {
    expect(answered(status, body)).toBeUndefined();
  });

  it.each([
    [200, '[{"id":0}]', 'must be >= 1'],
    [200, '[{}]', "must have required property 'id'"],
    [200, '{"id":1}', 'must be array'],
    [404, '{}', 'the status 404'],
    [500, '{}', 'a fault'],
    [502, '{}', 'a fault'],
  ])('%i %s contradicts it', (status, body, how) => {
    expect(answered(status, body)).toContain(how);
  });

  it('agrees with the headers that it promises, those of a refusal as far as they are always there', () => {
    const position = 'X-Evident-Position: log~7';
    expect(answered(201, '', undefined, position)).toBeUndefined();
    expect(answered(201, '')).toContain('without x-evident-position');
    expect(answered(503, '{}', undefined, 'Retry-After: 1')).toBeUndefined();
    expect(answered(503, '{}', undefined, position)).toContain('without retry-after');
  });

  it('that sends a header which the document does not name contradicts it', () => {
    expect(answered(200, '[]', undefined, 'X-Evident-Position: log~7')).toContain('with x-evident-position');
    expect(answered(200, '[]', undefined, 'Retry-After: 1')).toContain('with retry-after');
  });

  it('of another type, or with a body where there should be none, contradicts it', () => {
    expect(answered(200, '[]', 'text/html')).toContain('text/html');
    const [answer] = readAnswers(Buffer.from('HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\nx'));
    if (answer === undefined) throw new Error('no answer');
    expect(contradiction({ responses: { 200: {} } }, answer)).toContain('where there is none');
  });
});
