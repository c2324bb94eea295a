import { describe, expect, it } from 'vitest';
import { metadataOf, SpecSealer, specCodec } from './counter.fixture.ts';
import { type DecodedEvent, type EncodeContext, type EventCodec, erased, readable } from './event-codec.ts';
import { installNewest, type NewEvent, type Position, type StoredEvent } from './event-store.port.ts';

const id = '0b3f6c1e-1f5a-4c5e-9a63-0c7c1d2e3f40';
const context: EncodeContext = { stream: 'counter-main.ada', metadata: metadataOf('c') };
const raised = (data: object) => ({ id, type: 'counter.raised', data });

function encodeOne(codec: EventCodec, data: object, more: Partial<EncodeContext> = {}): NewEvent {
  const [event] = codec.encode([raised(data)], { ...context, ...more }) as NewEvent[];
  if (event === undefined) throw new Error('nothing was encoded');
  return event;
}

function stored(event: NewEvent, stream = context.stream): StoredEvent {
  return { ...event, stream, revision: 0, position: 'log~0000000000000001' as Position, recordedAt: 1 };
}

function decodeOne(codec: EventCodec, event: StoredEvent): DecodedEvent {
  const decoded = codec.decode(event);
  if (decoded instanceof Promise) throw new Error('it made us wait');
  return readable(decoded);
}

describe('personal members', () => {
  it('are sealed together under the key of the person that the stream names, and nowhere in the clear', () => {
    const sealer = new SpecSealer();
    const event = encodeOne(specCodec(sealer), { by: 1, who: 'Ada Lovelace', note: 'by hand' });
    expect(sealer.seals).toEqual(['ada']);
    expect(JSON.stringify(event)).not.toMatch(/Lovelace|by hand/);
    expect(Object.keys(event.data)).toEqual(['by', 'sealed']);
    expect(decodeOne(specCodec(sealer), stored(event)).data).toEqual({ by: 1, who: 'Ada Lovelace', note: 'by hand' });
  });

  it('that are not given are not there afterwards, also where the key is gone', () => {
    const sealer = new SpecSealer();
    const event = encodeOne(specCodec(sealer), { by: 1, who: 'Ada' });
    sealer.gone.add('ada');
    expect(decodeOne(specCodec(sealer), stored(event)).data).toEqual({ by: 1, who: erased });
    expect(encodeOne(specCodec(sealer), { by: 1 }).data).toEqual({ by: 1 });
  });

  it('may be about another person, whose key then opens them', () => {
    const sealer = new SpecSealer();
    const event = encodeOne(specCodec(sealer), { by: 1, who: 'Bob' }, { person: 'bob' });
    expect(sealer.seals).toEqual(['bob']);
    expect(decodeOne(specCodec(sealer), stored(event)).data).toEqual({ by: 1, who: 'Bob' });
    sealer.gone.add('bob');
    expect(decodeOne(specCodec(sealer), stored(event)).data).toEqual({ by: 1, who: erased });
  });

  it('are stored as they are only where it is said that they are about nobody', () => {
    const sealer = new SpecSealer();
    const event = encodeOne(specCodec(sealer), { by: 1, who: 'a robot' }, { person: null });
    expect(sealer.seals).toEqual([]);
    expect(event.data).toEqual({ by: 1, who: 'a robot' });
    expect(decodeOne(specCodec(sealer), stored(event)).data).toEqual({ by: 1, who: 'a robot' });
  });

  it('cannot be moved to another event', () => {
    const codec = specCodec();
    const event = encodeOne(codec, { by: 1, who: 'Ada' });
    expect(() => codec.decode(stored({ ...event, id: '1b3f6c1e-1f5a-4c5e-9a63-0c7c1d2e3f40' }))).toThrow(
      'does not belong',
    );
    expect(() => codec.decode(stored(event, 'counter-main.bob'))).toThrow('does not belong');
  });

  it('and the client are bound to their event as all that are stored are: by its id and type, and by its id', () => {
    const bound: string[] = [];
    const seal = (_person: string, _text: string, associatedData: string) => {
      bound.push(associatedData);
      return {};
    };
    const metadata = metadataOf('c', { clientIp: '192.0.2.7', clientPerson: 'caller' });
    encodeOne(specCodec({ seal, open: () => undefined }), { by: 1, who: 'Ada' }, { metadata });
    expect(bound).toEqual([`${id}:counter.raised`, `${id}:client`]);
  });

  it('of a stream that names nobody are a bug', () => {
    expect(() => encodeOne(specCodec(), { by: 1, who: 'Ada' }, { stream: 'counter-main' })).toThrow('names no person');
  });
});

describe('the client', () => {
  const metadata = metadataOf('c', { clientIp: '192.0.2.7', userAgent: 'curl/8', clientPerson: 'caller' });

  it('is sealed under the key of its person, and opened only for who asks', async () => {
    const sealer = new SpecSealer();
    const codec = specCodec(sealer);
    const event = encodeOne(codec, { by: 1 }, { metadata });
    expect(sealer.seals).toEqual(['caller']);
    expect(JSON.stringify(event)).not.toMatch(/192\.0\.2\.7|curl/);
    const decoded = decodeOne(codec, stored(event));
    expect(sealer.opens).toBe(0);
    expect(await decoded.client()).toEqual({ ip: '192.0.2.7', userAgent: 'curl/8' });
    sealer.gone.add('caller');
    expect(await decoded.client()).toBe(erased);
  });

  it('is unknown where none was given', async () => {
    const codec = specCodec();
    expect(await decodeOne(codec, stored(encodeOne(codec, { by: 1 }))).client()).toBeUndefined();
  });

  it('without a person is a bug', () => {
    expect(() => encodeOne(specCodec(), { by: 1 }, { metadata: metadataOf('c', { clientIp: '192.0.2.7' }) })).toThrow(
      'the person',
    );
  });
});

describe('encoding', () => {
  it('refuses what its definition refuses, and types that have none', () => {
    expect(() => encodeOne(specCodec(), { by: 'two' })).toThrow('by is no number');
    expect(() => specCodec().encode([{ id, type: 'counter.lowered', data: {} }], context)).toThrow(
      'no event type counter.lowered',
    );
    expect(() => encodeOne(specCodec(), { by: 1, sealed: 'x' })).toThrow('sealed');
  });

  it('writes the newest schema number and keeps the metadata', () => {
    const { schema, metadata } = encodeOne(specCodec(), { by: 1 });
    expect({ schema, metadata }).toEqual({ schema: 2, metadata: context.metadata });
  });

  it('waits for a sealer that waits', async () => {
    const inner = new SpecSealer();
    const codec = specCodec({
      seal: async (...seal) => inner.seal(...seal),
      open: async (...open) => inner.open(...open),
    });
    const [event] = await codec.encode([raised({ by: 1, who: 'Ada' })], context);
    if (event === undefined) throw new Error('nothing was encoded');
    expect(readable(await codec.decode(stored(event))).data).toEqual({ by: 1, who: 'Ada' });
  });
});

describe('decoding', () => {
  it('gives the newest shape of an older event, personal members opened first', () => {
    const codec = specCodec();
    const event = encodeOne(codec, { by: 3, note: 'x' });
    const older = stored({ ...event, schema: 1, data: { amount: 3, name: 'Ada' } });
    expect(decodeOne(codec, older)).toMatchObject({
      type: 'counter.raised',
      data: { by: 3, who: 'Ada' },
      stored: older,
    });
  });

  it('names the parts of the stream', () => {
    const codec = specCodec();
    expect(decodeOne(codec, stored(encodeOne(codec, { by: 1 }))).stream).toEqual({
      category: 'counter',
      tenant: 'main',
      id: 'ada',
    });
  });

  it('gives an unknown type, a newer schema and a wrong shape as what they are, never as an event', () => {
    const codec = specCodec();
    const event = encodeOne(codec, { by: 1 });
    const wrong = [{ type: 'counter.lowered' }, { schema: 3 }, { data: { by: 'two' } }].map((more) =>
      codec.decode(stored({ ...event, ...more })),
    );
    expect(wrong.map((one) => 'problem' in one && one.problem)).toEqual([
      'unknown-type',
      'newer-schema',
      'wrong-shape',
    ]);
    for (const one of wrong) {
      if (one instanceof Promise) throw new Error('it made us wait');
      const fault = { message: expect.stringContaining('log~0000000000000001'), remedy: installNewest };
      expect(() => readable(one)).toThrow(expect.objectContaining(fault));
    }
  });
});
