import { describe, expect, it } from 'vitest';
import { EventsExpired, LogChanged } from '../errors.ts';
import type { StreamState } from './event-stream.ts';
import { type Known, nextSource } from './next-source.ts';

const stream: StreamState = {
  created: 'then',
  firstSequence: 5,
  lastSequence: 9,
  firstPosition: 'a~5',
  firstTime: '2026-01-02T00:00:00.000Z',
  lastPosition: 'a~9',
};
const whole = { ...stream, firstSequence: 1, firstPosition: 'a~1' };
const begun = '2026-01-03T00:00:00.000Z';
const next = (known: Partial<Known>) =>
  nextSource({ place: undefined, from: 'new', stream, begun, hasLog: true, ...known });
const placeAt = (sequence: number, created = 'then') => ({ position: `a~${sequence}`, stream: { created, sequence } });

describe('what comes next is read', () => {
  it('from the stream where it holds the message after the place', () => {
    expect(next({ place: placeAt(7) })).toEqual({ source: 'stream', start: { sequence: 8 } });
    expect(next({ place: placeAt(9) })).toEqual({ source: 'stream', start: { sequence: 10 } });
    expect(next({ place: placeAt(4) })).toEqual({ source: 'stream', start: { sequence: 5 } });
  });

  it('from the log where that message has expired, or the stream is another one or has lost its end', () => {
    expect(next({ place: placeAt(3) })).toEqual({ source: 'log', after: 'a~3' });
    expect(next({ place: placeAt(7, 'before') })).toEqual({ source: 'log', after: 'a~7' });
    expect(next({ place: placeAt(12) })).toEqual({ source: 'log', after: 'a~12' });
    expect(next({ place: placeAt(7), stream: undefined })).toEqual({ source: 'log', after: 'a~7' });
  });

  it('from the first event, in the stream where it holds all of them', () => {
    expect(next({ from: 'start' })).toEqual({ source: 'log', after: undefined });
    expect(next({ from: 'start', stream: whole })).toEqual({ source: 'stream', start: { sequence: 1 } });
  });

  it('after a position, looked for in the stream only where there is no log to ask', () => {
    expect(next({ from: 'a~6' })).toEqual({ source: 'log', after: 'a~6' });
    expect(next({ from: 'a~6', hasLog: false })).toEqual({ source: 'stream', start: { sequence: 5 } });
  });

  it('from a time, a little before it, in the stream where it reaches back so far', () => {
    const time = '2026-01-02T06:00:00.000Z';
    const earlier = '2026-01-02T05:59:00.000Z';
    expect(next({ from: time })).toEqual({ source: 'stream', start: { time: earlier } });
    expect(next({ from: '2026-01-01T00:01:00.000Z' })).toEqual({ source: 'log', after: '2026-01-01T00:00:00.000Z' });
  });

  it('from now: after the last message, or from this moment on where there is no stream', () => {
    const place = { position: 'a~9', stream: { created: 'then', sequence: 9 } };
    expect(next({})).toEqual({ source: 'now', place });
    expect(next({ stream: undefined })).toEqual({ source: 'log', after: begun });
  });

  it('from this moment on in the log where the stream holds nothing: its first messages may expire before they are read', () => {
    const empty = { ...stream, firstSequence: 10, firstPosition: undefined, lastPosition: undefined };
    expect(next({ stream: empty })).toEqual({ source: 'log', after: begun });
    const place = { position: undefined, stream: { created: 'then', sequence: 9 } };
    expect(next({ stream: empty, hasLog: false })).toEqual({ source: 'now', place });
  });

  it.each([{ from: 'start' }, { from: 'a~2' }, { from: '2026-01-01T00:00:00.000Z' }, { place: placeAt(7) }])(
    'nowhere yet where there is neither a log nor a stream: one that is made anew holds everything again: %j',
    (known) => {
      const ask = () => next({ hasLog: false, stream: undefined, ...known });
      expect(ask).toThrow(expect.objectContaining({ code: 'unavailable', status: undefined }));
    },
  );

  it('nowhere where the stream is of another log: what was handled means nothing there', () => {
    const other = { ...stream, created: 'now', firstPosition: 'b~5', lastPosition: 'b~9' };
    const place = { position: 'c~7', stream: { created: 'then', sequence: 7 } };
    for (const position of ['a~7', 'c~7']) {
      expect(() => next({ hasLog: false, stream: other, place: { ...place, position } })).toThrow(LogChanged);
      expect(() => next({ hasLog: false, stream: other, from: position })).toThrow(LogChanged);
    }
  });

  it('nowhere, and never silently from later on, where nothing holds it', () => {
    const none = { hasLog: false };
    expect(() => next({ ...none, place: placeAt(3) })).toThrow(EventsExpired);
    expect(() => next({ ...none, from: 'start' })).toThrow(EventsExpired);
    expect(() => next({ ...none, from: 'a~2' })).toThrow(EventsExpired);
    expect(() => next({ ...none, from: '2026-01-01T00:00:00.000Z' })).toThrow(EventsExpired);
    expect(() => next({ ...none, stream: undefined })).toThrow(EventsExpired);
  });
});
