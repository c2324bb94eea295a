import { EventStoreFault } from '@evident/event-store';
import { StartupProblem } from '@evident/runtime';
import { describe, expect, it } from 'vitest';
import { CliProblem, describeFailure } from './failure.ts';

describe('a failure', () => {
  it('is two lines that end with what to do', () => {
    expect(describeFailure('evident backup', new CliProblem('It is full.', 'Make room.'))).toBe(
      'evident backup: It is full.\nMake room.\n',
    );
    expect(describeFailure('evident admin', new StartupProblem('No log.', 'Start once.'))).toContain('Start once.');
  });

  it('of a store has the remedy of its code', () => {
    expect(describeFailure('evident backup', new EventStoreFault('disk-full', 'no space left'))).toContain('Make room');
  });

  it('of a store that may be a server speaks of that too', () => {
    const away = new EventStoreFault('unavailable', 'EventStoreDB is away: name resolution failed');
    expect(describeFailure('evident migrate', away)).toContain('of a server, check its URL and that it runs.');
  });

  it('of the system names the file', () => {
    const error = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/srv/evident' });
    expect(describeFailure('evident backup', error)).toContain('No permission for /srv/evident.');
  });

  it('that nobody expected keeps its stack', () => {
    expect(describeFailure('evident backup', new TypeError('x is undefined'))).toMatch(/fault of its own:\nTypeError/);
  });
});
