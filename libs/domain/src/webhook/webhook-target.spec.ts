import { describe, expect, test } from 'vitest';
import { checkEventPatterns, checkWebhookUrl } from './webhook-target.ts';

const anywhere = { loopback: false };
const onThisMachine = { loopback: true };
const longest = `https://hooks.example.com/${'x'.repeat(2_048 - 26)}`;

describe('the URL of a webhook', () => {
  test.each(['https://hooks.example.com/evident?for=us', 'https://192.0.2.1:8443/', longest])('%s is taken', (url) => {
    expect(checkWebhookUrl(url, anywhere)).toEqual({ ok: true, prepared: url });
  });

  test.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'https://user:password@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://:password@hooks.example.com/',
    'ftp://localhost/',
    'https://hooks.example.com/#part',
    'https://hooks.example.com/ space',
    '/hooks',
    `${longest}x`,
  ])('%s is refused', (url) => {
    expect(checkWebhookUrl(url, onThisMachine)).toMatchObject({ ok: false });
  });

  test.each(['http://localhost:9000/', 'http://127.0.0.1/', 'https://[::1]/'])('%s is taken where allowed', (url) => {
    expect(checkWebhookUrl(url, onThisMachine)).toEqual({ ok: true, prepared: url });
    expect(checkWebhookUrl(url, anywhere)).toMatchObject({ ok: false });
  });
});

describe('patterns of types', () => {
  test.each([['*'], ['user.*'], ['user.app-assigned', 'role.*'], Array(50).fill('*')])('%s', (...patterns) => {
    expect(checkEventPatterns(patterns)).toBe(true);
  });

  test.each([
    [[]],
    [['user']],
    [['user.']],
    [['*.registered']],
    [['User.*']],
    [['user.*', 'user']],
    [Array(51).fill('*')],
  ])('not %j', (all) => {
    expect(checkEventPatterns(all)).toBe(false);
  });
});
