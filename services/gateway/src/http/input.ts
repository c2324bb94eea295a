import type { z } from 'zod';
import { clipped } from './clipped.ts';
import { givenTwice } from './form-body.ts';
import { UnreadableBody } from './unreadable-body.ts';

export interface InputShapes {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** No body at all counts as `{}`. */
  readonly optionalBody?: boolean;
}

/** What came with a request, before anything was checked. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** One thing that is wrong with a request. Never repeats the value: it may be a password. */
export interface InputProblem {
  /** `['body', 'username']` */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** `missing`, `string_type`, `string_too_long` … */
  readonly type: string;
}

/** What a refinement of ours says about itself. */
export const problemType = (type: string) => ({ params: { type } });

/** Reads what the shapes name; adds what is wrong to `problems`, in the order path, query, body. */
export function readInput(shapes: InputShapes, raw: RawInput, problems: InputProblem[]) {
  const params = shapes.params === undefined ? undefined : read('path', shapes.params, raw.params, problems);
  const query = shapes.query === undefined ? undefined : read('query', shapes.query, raw.query, problems);
  const body = shapes.body === undefined ? undefined : readBody(shapes.body, raw.body, shapes.optionalBody, problems);
  return { params, query, body };
}

function readBody(shape: z.ZodType, raw: unknown, optional: boolean | undefined, problems: InputProblem[]): unknown {
  if (raw instanceof UnreadableBody) {
    const { member, message, type } = raw;
    const place = member === undefined ? [] : [clipped(member, longestName)];
    problems.push({ loc: ['body', ...place], msg: message, type });
    return undefined;
  }
  if (raw === undefined && optional !== true) {
    problems.push({ loc: ['body'], msg: 'Field required', type: 'missing' });
    return undefined;
  }
  const absent = raw === undefined || (raw === null && optional === true);
  return read('body', shape, absent ? {} : raw, problems);
}

function read(where: 'path' | 'query' | 'body', shape: z.ZodType, raw: unknown, problems: InputProblem[]): unknown {
  const parsed = shape.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues.slice(0, mostProblems)) problems.push(...problemsOf(where, issue, raw));
  return undefined;
}

/** Of path, query or body each: who has more of them than anybody reads knows by these what is wrong. */
const mostProblems = 100;

type Words = readonly [type: string, msg: string];

/** A parameter that came twice or more often; which of its values would count is nothing to guess. */
const repeated: Words = ['string_type', 'Input should be given once'];
const notAcceptable: Words = ['value_error', 'Value is not acceptable'];
/** Of members that are not known so many are named. */
const mostUnknown = 5;
/** So much of the name of a member is repeated, which the sender may have made up. */
const longestName = 64;

const wrongType: Readonly<Record<string, Words>> = {
  string: ['string_type', 'Input should be a valid string'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  int: ['int_type', 'Input should be a valid integer'],
  number: ['int_type', 'Input should be a valid integer'],
  object: ['model_attributes_type', 'Input should be an object'],
  record: ['dict_type', 'Input should be an object'],
  array: ['list_type', 'Input should be a valid list'],
  null: ['none_required', 'Input should be null'],
};

function problemsOf(where: string, issue: z.core.$ZodIssue, raw: unknown): InputProblem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : clipped(String(key), longestName)));
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.slice(0, mostUnknown).map((key) => clipped(key, longestName));
    return unknown.map((key) => ({
      loc: [where, ...path, key],
      msg: 'Input should not be here',
      type: 'extra_forbidden',
    }));
  }
  const [type, msg] = wordsAt(where, issue, raw);
  return [{ loc: [where, ...path], msg, type }];
}

function wordsAt(where: string, issue: z.core.$ZodIssue, raw: unknown): Words {
  const value = valueAt(raw, issue.path);
  if (value === givenTwice || (where === 'query' && Array.isArray(value))) return repeated;
  const couldBeMissing = issue.code === 'invalid_type' || issue.code === 'invalid_value';
  const isMissing = couldBeMissing && issue.path.length > 0 && value === undefined;
  return isMissing ? ['missing', 'Field required'] : wordsFor(issue);
}

function wordsFor(issue: z.core.$ZodIssue): Words {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType[issue.expected] ?? ['value_error', 'Input has the wrong type'];
    case 'custom':
      return [String(issue.params?.type ?? 'value_error'), issue.message];
    case 'invalid_value':
      return ['enum', `Input should be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`];
    case 'too_big':
      return issue.origin === 'array'
        ? ['too_long', `List should have at most ${items(issue.maximum)}`]
        : ['less_than_equal', `Input should be at most ${issue.maximum}`];
    case 'too_small':
      return issue.origin === 'array'
        ? ['too_short', `List should have at least ${items(issue.minimum)}`]
        : ['greater_than_equal', `Input should be at least ${issue.minimum}`];
    case 'invalid_format':
      return issue.format === 'uuid' ? ['uuid_parsing', 'Input should be a UUID'] : notAcceptable;
    default:
      return notAcceptable;
  }
}

const items = (count: number | bigint) => `${count} item${Number(count) === 1 ? '' : 's'}`;

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
