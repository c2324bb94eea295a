import { uuid5 } from '@evident/event-store';

/** What a history is to hold. Everything but the counts has a default. */
export interface HistoryOptions {
  /**
   * Where histories are kept. The same options find the one that was made before, so a directory outlives its runs;
   * a history of a million users takes some ten gigabytes.
   */
  readonly directory: string;
  /** Beside the administrator; eight events each, with one assignment. */
  readonly users: number;
  /** Three events each. */
  readonly apps: number;
  /** Judged attempts, spread over the users that were there by then; one in ten failed. One event each. */
  readonly signIns?: number;
  /** Of those the first ones that opened a session; one event more each. */
  readonly sessions?: number;
  /** Changes of the first two thousand users and of the apps: disabled and enabled, unassigned and assigned, renamed. */
  readonly changes?: number;
  /** Apps that each user is assigned to; 1 unless given. */
  readonly assignmentsEach?: number;
  /** How long before now it began; 30 unless given. */
  readonly days?: number;
  /** Rows caught up and kept too, so that a server is ready on it at once; true unless given. */
  readonly rows?: boolean;
  /** The log sealed as it went; true unless given. */
  readonly seals?: boolean;
  readonly administratorPassword?: string;
  /** Told now and then what is being done. */
  readonly onProgress?: (line: string) => void;
}

export interface HistoryUser {
  readonly number: number;
  readonly uid: string;
  readonly username: string;
  readonly email: string;
  /** Numbers of the apps that the user is assigned to. */
  readonly apps: readonly number[];
}

export interface HistoryApp {
  readonly number: number;
  readonly uid: string;
}

/** A log with its keys, and rows where wanted, that a standalone server can be started on. Never start one on it: on a copy. */
export interface History {
  /** `DATA_DIR` of a server. */
  readonly dataDir: string;
  readonly administrator: { readonly username: string; readonly password: string };
  /** Of every user. */
  readonly password: string;
  readonly users: number;
  readonly apps: number;
  /** All events of the log. */
  readonly events: number;
  /** Milliseconds since the epoch of the first and last event. */
  readonly began: number;
  readonly ended: number;
  /** Seconds that it took to make. */
  readonly seconds: number;
  /** API keys of the first thousand apps. */
  readonly apiKeys: readonly string[];
  /** `nth` from 1. */
  user(nth: number): HistoryUser;
  app(nth: number): HistoryApp;
}

/** What is written beside the log; the rest follows from the counts. */
export type HistoryManifest = Omit<History, 'dataDir' | 'user' | 'app'> & { readonly assignmentsEach: number };

export const usersPassword = 'password of a bench 1';
export const administrator = { username: 'admin', email: 'admin@localhost', password: 'correct horse battery staple' };

export const registrationOf = (kind: 'user' | 'app', nth: number) => uuid5(`history/${kind}/${nth}`);

/** As the registration of its own contract would name it. */
export function userOf(nth: number, shape: { readonly apps: number; readonly assignmentsEach: number }): HistoryUser {
  const username = `user${String(nth).padStart(7, '0')}`;
  const assignments = Math.min(shape.assignmentsEach, shape.apps);
  return {
    number: nth + 1,
    uid: uuid5(`user/${registrationOf('user', nth)}`),
    username,
    email: `${username}@example.com`,
    apps: Array.from({ length: assignments }, (_, each) => 1 + ((nth - 1 + each) % shape.apps)),
  };
}

export function appOf(nth: number): HistoryApp {
  return { number: nth, uid: uuid5(`app/${registrationOf('app', nth)}`) };
}

export function historyFrom(dataDir: string, manifest: HistoryManifest): History {
  return { ...manifest, dataDir, user: (nth) => userOf(nth, manifest), app: appOf };
}
