import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { ChangeRoster } from './commands.ts';
import { rosterDecider } from './decide.ts';
import type { RosterEvent } from './events.ts';
import { activeAdministrators } from './state.ts';

const ann = '00000000-0000-4000-8000-00000000000a';
const bob = '00000000-0000-4000-8000-00000000000b';
const granted = (userId: string): RosterEvent => ({ type: 'roster.granted', data: { userId } });
const suspended = (userId: string): RosterEvent => ({ type: 'roster.suspended', data: { userId } });
const revoked = (userId: string): RosterEvent => ({ type: 'roster.revoked', data: { userId } });
const command = (type: ChangeRoster['type'], userId: string, confirmed?: readonly string[]): ChangeRoster =>
  confirmed === undefined ? { type, userId } : { type, userId, confirmed };
const last = reject('user.last-administrator');

describe('the last active administrator', () => {
  test('is neither suspended nor revoked', () => {
    given(rosterDecider, [granted(ann)])
      .when(command('suspend', ann))
      .then(last);
    given(rosterDecider, [granted(ann)])
      .when(command('revoke', ann))
      .then(last);
  });

  test('is not saved by one who is suspended or revoked', () => {
    given(rosterDecider, [granted(ann), granted(bob), suspended(bob)])
      .when(command('revoke', ann))
      .then(last);
    given(rosterDecider, [granted(ann), granted(bob), revoked(bob)])
      .when(command('suspend', ann))
      .then(last);
  });

  test('is one of two who demote each other: the second is refused', () => {
    given(rosterDecider, [granted(ann), granted(bob)])
      .when(command('revoke', bob), command('revoke', ann))
      .then(last);
  });

  test('is not saved by an entry that the other’s own stream does not confirm', () => {
    const both = [granted(ann), granted(bob)];
    given(rosterDecider, both)
      .when(command('revoke', ann, []))
      .then(last);
    given(rosterDecider, both)
      .when(command('revoke', ann, [ann]))
      .then(last);
    given(rosterDecider, both)
      .when(command('revoke', ann, [bob]))
      .then([revoked(ann)]);
    given(rosterDecider, [granted(ann)])
      .when(command('suspend', ann, [bob]))
      .then(last);
  });
});

describe('an administrator', () => {
  test('is granted, suspended, granted again and revoked', () => {
    given(rosterDecider, [])
      .when(command('grant', ann))
      .then([granted(ann)]);
    given(rosterDecider, [granted(ann), granted(bob)])
      .when(command('suspend', ann))
      .then([suspended(ann)]);
    given(rosterDecider, [granted(ann), suspended(ann)])
      .when(command('grant', ann))
      .then([granted(ann)]);
    given(rosterDecider, [granted(ann), granted(bob)])
      .when(command('revoke', ann))
      .then([revoked(ann)]);
  });

  test('who is suspended can be revoked though one other is left', () => {
    given(rosterDecider, [granted(ann), granted(bob), suspended(bob)])
      .when(command('revoke', bob))
      .then([revoked(bob)]);
  });

  test('who is suspended can be revoked though nobody is confirmed: it takes no power from anybody', () => {
    given(rosterDecider, [granted(ann), granted(bob), suspended(bob)])
      .when(command('revoke', bob, []))
      .then([revoked(bob)]);
  });

  test('is what they are already, without an event', () => {
    given(rosterDecider, [granted(ann)])
      .when(command('grant', ann))
      .then([]);
    given(rosterDecider, [granted(ann)])
      .when(command('suspend', bob))
      .then([]);
    given(rosterDecider, [granted(ann)])
      .when(command('revoke', bob))
      .then([]);
  });

  test('counts while active', () => {
    const { state } = given(rosterDecider, [granted(ann), granted(bob)]).when(command('suspend', bob));
    expect(activeAdministrators(state)).toBe(1);
  });
});

describe('the owner', () => {
  test('is claimed once', () => {
    given(rosterDecider, [])
      .when(command('claim-owner', ann))
      .then([{ type: 'roster.owner-claimed', data: { userId: ann } }]);
    given(rosterDecider, []).when(command('claim-owner', ann), command('claim-owner', ann)).then([]);
    given(rosterDecider, [])
      .when(command('claim-owner', ann), command('claim-owner', bob))
      .then(reject('roster.owned'));
  });
});
