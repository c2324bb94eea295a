import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, fail, isErrorCode } from '@evident/contracts';
import { describe, expect, it } from 'vitest';
import { problems } from '../src/evident/problem.ts';
import { faultStatus } from '../src/http/refusals.ts';
import { ussoError } from '../src/usso/error-table.ts';
import { gatewayByDefault } from './gateway-by-default.fixture.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference.md'), 'utf8');

/** The rows of the first table below a heading, as they are printed. */
function rowsBelow(heading: string): readonly string[] {
  const lines = page.split('\n');
  const table = lines.slice(lines.indexOf(heading));
  const head = table.findIndex((line) => line.startsWith('| --- |'));
  const end = table.findIndex((line, index) => index > head && !line.startsWith('|'));
  return table.slice(head + 1, end === -1 ? undefined : end);
}

function routes() {
  return gatewayByDefault().contracts.flatMap(({ endpoints }) => endpoints);
}

const again = { no: '', later: 'after `Retry-After`', now: 'at once' } as const;

describe('docs/reference.md', () => {
  it('names each scope that a route asks for, with its routes', () => {
    const ruled = routes().filter(({ rule }) => rule.includes(':'));
    const rules = [...new Set(ruled.map(({ rule }) => rule))].toSorted((one, other) => {
      const [[action = '', resource = ''], [otherAction = '', otherResource = '']] = [one.split(':'), other.split(':')];
      return resource.localeCompare(otherResource) || action.localeCompare(otherAction);
    });
    const rows = rules.map((scope) => {
      const asking = ruled.filter(({ rule }) => rule === scope).map(({ method, path }) => `\`${method} ${path}\``);
      return `| \`${scope}\` | ${asking.join(', ')} |`;
    });
    expect(rowsBelow('### What a route asks for')).toEqual(rows);
  });

  it('says of each error its codes, its status, whether to try again, and what it means', () => {
    const rows = Object.entries(errorCodes).map(([code, { meaning, retry }]) => {
      if (!isErrorCode(code)) throw new Error(`${code} is in the table of codes`);
      const { json, status } = problems.refuse(fail(code).error);
      const named = (json as { readonly code: string }).code;
      const usso = ussoError(code);
      const product = `\`${usso.code}\`${usso.status === status ? '' : `, ${usso.status}`}`;
      const problem = named === code ? '' : `, in problems \`${named}\``;
      return `| \`${code}\`${problem} | ${status} | ${product} | ${again[retry]} | ${meaning} |`;
    });
    expect(rowsBelow('## Errors')).toEqual(rows);
  });

  it('names each code of a request that reaches no route', () => {
    const named = [...page.matchAll(/`http\.([a-z-]+)`/g)].map(([, fault]) => fault);
    expect(named).toEqual(Object.keys(faultStatus));
  });
});
