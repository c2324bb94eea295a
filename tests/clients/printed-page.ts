import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Language = 'curl' | 'python' | 'javascript' | 'fastapi' | 'express';

export interface PrintedExample {
  /** `1. Create Your First User` */
  readonly heading: string;
  readonly language: Language;
  readonly text: string;
}

const headingEnd = '¶';
const firstLines: readonly (readonly [RegExp, Language])[] = [
  [/^curl /, 'curl'],
  [/^import requests$/, 'python'],
  [/^const response = await fetch\(/, 'javascript'],
  [/^from fastapi import /, 'fastapi'],
  [/^const express = require\(/, 'express'],
];

/**
 * The examples of the published page as it is stored: plain text, in which a heading ends in ¶ and an example begins
 * with a line that no prose has. The page lost its indentation; nothing else is touched here.
 */
function printedExamples(page: string): PrintedExample[] {
  const examples: { heading: string; language: Language; lines: string[] }[] = [];
  let heading = '';
  let inExample = false;
  for (const line of page.split('\n')) {
    const language = firstLines.find(([pattern]) => pattern.test(line))?.[1];
    if (line.endsWith(headingEnd)) {
      heading = line.slice(0, -headingEnd.length);
      inExample = false;
    } else if (language !== undefined) {
      examples.push({ heading, language, lines: [line] });
      inExample = true;
    } else if (inExample) examples.at(-1)?.lines.push(line);
  }
  return examples.map(({ lines, ...rest }) => ({ ...rest, text: `${lines.join('\n').trim()}\n` }));
}

const firstStepsPage = readFileSync(join(import.meta.dirname, 'first-steps-page.txt'), 'utf8');

export function printedExample(heading: RegExp, language: Language): string {
  const found = printedExamples(firstStepsPage).find((one) => heading.test(one.heading) && one.language === language);
  if (found === undefined) throw new Error(`the page has no ${language} example under ${heading}`);
  return found.text;
}

/** The address that the page means; what is stored is what hides addresses from harvesters. */
export const printedAddress = 'admin@example.com';

/** Mends what no server can: the hidden address, and JavaScript's `true` in Python. */
export function withoutMisprints(language: Language, text: string): string {
  const addressed = text.replaceAll('[email protected]', printedAddress);
  return language === 'python' ? addressed.replace(/^"register": true$/m, '"register": True') : addressed;
}
