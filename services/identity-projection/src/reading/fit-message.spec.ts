import { maxMessageBytes } from '@evident/transport';
import { describe, expect, it } from 'vitest';
import { fitMessage } from './fit-message.ts';

const item = (bytes: number) => ({ text: 'é'.repeat(bytes / 2) });

describe('a page', () => {
  it('is whole where it fits', () => {
    const items = Array.from({ length: 1_000 }, () => item(200));
    expect(fitMessage(items)).toEqual(items);
    expect(fitMessage([])).toEqual([]);
  });

  it('ends where one more would be too much for a message', () => {
    const items = Array.from({ length: 1_000 }, () => item(2_000));
    const page = fitMessage(items);
    expect(page.length).toBeGreaterThan(100);
    expect(page).toEqual(items.slice(0, page.length));
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(maxMessageBytes - 8_192);
    expect(Buffer.byteLength(JSON.stringify(items.slice(0, page.length + 1)))).toBeGreaterThan(240 * 1024);
  });

  it('holds at least one object, so that whoever goes on comes to an end', () => {
    expect(fitMessage([item(300_000), item(2)])).toHaveLength(1);
  });
});
