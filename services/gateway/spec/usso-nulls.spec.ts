import { given } from '@evident/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type InputProblem, readInput } from '../src/http/input.ts';
import { text } from '../src/http/texts.ts';
import { clearable, optional } from '../src/usso/nulls.ts';

const posted = z.object({ name: text(1, 5), description: optional(text(0, 5)) });
const patched = z.object({
  name: text(1, 5).optional(),
  description: clearable(text(0, 5)),
  roles: z.array(z.string()).optional(),
});

function read(body: z.ZodType, raw: unknown) {
  const problems: InputProblem[] = [];
  const input = readInput({ body }, { params: {}, query: {}, body: raw }, problems);
  return problems.length > 0 ? problems.map(({ loc, type }) => [loc.join('.'), type]) : input.body;
}

describe('null', () => {
  it('counts as absent on POST', () => {
    expect(given(read(posted, { name: 'x', description: null }) as Record<string, unknown>)).toEqual({ name: 'x' });
    expect(given(read(posted, { name: 'x' }) as Record<string, unknown>)).toEqual({ name: 'x' });
  });

  it('is refused on POST where the member is needed', () => {
    expect(read(posted, { name: null })).toEqual([['body.name', 'string_type']]);
  });

  it('clears on PATCH what may be empty, and is told from absent', () => {
    expect(read(patched, { description: null })).toEqual({ description: null });
    expect(read(patched, {})).toEqual({});
    expect(given({ description: null, name: undefined })).toEqual({ description: null });
  });

  it('is refused on PATCH where the member may not be empty, lists among them', () => {
    expect(read(patched, { name: null })).toEqual([['body.name', 'string_type']]);
    expect(read(patched, { roles: null })).toEqual([['body.roles', 'list_type']]);
  });
});
