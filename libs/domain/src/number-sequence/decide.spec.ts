import { given } from '@evident/testing';
import { describe, test } from 'vitest';
import { type NumberSequenceEvent, numberSequenceDecider } from './index.ts';

const ann = '00000000-0000-4000-8000-00000000000a';
const bob = '00000000-0000-4000-8000-00000000000b';
const allocate = (holder: string) => ({ type: 'allocate-number', holder }) as const;
const allocated = (value: number, holder: string): NumberSequenceEvent => ({
  type: 'number.allocated',
  data: { value, holder },
});

describe('a sequence of numbers', () => {
  test('begins with 1 and leaves none out', () => {
    given(numberSequenceDecider, [])
      .when(allocate(ann))
      .then([allocated(1, ann)]);
    given(numberSequenceDecider, [allocated(1, ann)])
      .when(allocate(bob))
      .then([allocated(2, bob)]);
  });

  test('gives whoever was given the last one no other', () => {
    given(numberSequenceDecider, [allocated(1, ann)])
      .when(allocate(ann))
      .then([]);
  });
});
