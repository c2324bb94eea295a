import { describe, expect, test } from 'vitest';
import { checkAppName, checkAppUrl } from './app-details.ts';

describe('the URL of an app', () => {
  test.each([
    'https://wiki.example.com',
    'http://localhost:3000',
    'HTTPS://Wiki.Example.com/Path?x=1#y',
    'http://[::1]:8080/',
    'https://例子.公司/',
    'https://myapp.com/callback',
    `https://wiki.example.com/${'a'.repeat(2_048 - 25)}`,
  ])('%s is kept as given', (url) => {
    expect(checkAppUrl(url)).toEqual({ ok: true, prepared: url });
  });

  test.each([
    '',
    'wiki.example.com',
    '//wiki.example.com',
    'ftp://wiki.example.com',
    'xhttps://wiki.example.com',
    'javascript:alert(1)',
    'http:wiki.example.com',
    'http://',
    'http:///wiki',
    'https://wiki.example.com:99999',
    ' https://wiki.example.com',
    'https://wiki.example.com/a b',
    'https://wiki.example.com\n',
    'https://wiki\u200b.example.com',
    'https://[::1',
    `https://wiki.example.com/${'a'.repeat(2_048 - 24)}`,
  ])('refuses %j', (url) => {
    expect(checkAppUrl(url).ok).toBe(false);
  });
});

describe('the name of an app', () => {
  test('has 1 to 150 printable characters and no space at either end', () => {
    expect(checkAppName('My Wiki @ Home')).toEqual({ ok: true, prepared: 'My Wiki @ Home' });
    expect(checkAppName('😀'.repeat(150)).ok).toBe(true);
    expect(checkAppName('W').ok).toBe(true);
    for (const name of ['', ' ', ' Wiki', 'Wiki ', 'Wi\u200bki', 'Wi\nki', 'W\ud800', 'x'.repeat(151)]) {
      expect(checkAppName(name).ok, JSON.stringify(name)).toBe(false);
    }
  });
});
