import { expect, it } from 'vitest';
import { eventId, uuid5 } from './uuid5.ts';

const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

it('is the UUID of the example in RFC 9562, appendix A.4', () => {
  expect(uuid5('www.example.com', dns)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

it('gives the same command the same event ids for ever', () => {
  expect(eventId('5d0f3b6a-0000-4000-8000-000000000001', 'user-main.1', 'register', 0)).toBe(
    '3a68bb76-38a5-54d8-b668-bf31cbec6022',
  );
});

it('tells commands, streams, steps and indexes apart, also where their texts run together', () => {
  const ids = [
    eventId('c', 'stream', 'step', 0),
    eventId('c', 'stream', 'step', 1),
    eventId('c', 'stream', 'other', 0),
    eventId('c', 'stream2', 'step', 0),
    eventId('cs', 'tream', 'step', 0),
    eventId('c","stream', '', 'step', 0),
    eventId('c', 'stream', 'step","', 0),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
