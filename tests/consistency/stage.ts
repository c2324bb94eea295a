import { type Deployment, type ServiceName, type StartedService, startService } from '@evident/testing';
import { type Answer, adminToken, type Call, call } from '../e2e/http.ts';
import { createApp, createUser, type NewApp, type NewUser, verify } from '../e2e/objects.ts';
import type { Shape } from '../e2e/shape.ts';
import { untilReady } from '../e2e/until-ready.ts';

/** So that rounds take their time for something else. */
export const cheapHashes = { ARGON2_MEMORY_KIB: '1024', ARGON2_PASSES: '1' };

type Administrator = Deployment['administrator'];

/** One deployment that several suites share, with an administrator's token; may be restarted with other settings. */
export class Stage {
  readonly #shape: Shape;
  #evident: Deployment | undefined;
  #administrator: Administrator | undefined;
  #token = '';

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  get evident(): Deployment {
    if (this.#evident === undefined) throw new Error('the deployment was not started');
    return this.#evident;
  }

  get administrator(): Administrator {
    return this.#administrator ?? this.evident.administrator;
  }

  get token(): string {
    return this.#token;
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#evident = await this.#shape.start({ RATE_LIMIT: 'off', ...cheapHashes, ...env });
    await this.signInAgain();
  }

  /** Stops it cleanly and starts it on the same data. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.evident.stop();
    this.#evident = await this.evident.restart(env);
    await this.signInAgain();
  }

  /** Everything that follows is asked for by this administrator. */
  async handOverTo(administrator: Administrator): Promise<void> {
    this.#administrator = administrator;
    await this.signInAgain();
  }

  /** For after the token has ended. */
  async signInAgain(): Promise<void> {
    await untilReady(this.evident);
    this.#token = await this.tokenOf(this.administrator);
  }

  tokenOf({ username, password }: Administrator): Promise<string> {
    return adminToken({ ...this.evident, administrator: { username, password } });
  }

  async remove(): Promise<void> {
    await this.#evident?.remove();
    await this.#shape.stopServers();
  }

  /** A second instance of a service, on the same log and NATS server; it is the caller's to stop. */
  startBeside(name: ServiceName, natsUrl: string): Promise<StartedService> {
    const { url, dataDir, administrator } = this.evident;
    return startService(name, {
      ...cheapHashes,
      RATE_LIMIT: 'off',
      // The issuer is named after it.
      PORT: new URL(url).port,
      DATA_DIR: dataDir,
      NATS_URL: natsUrl,
      ADMIN_PASSWORD: administrator.password,
    }).ready;
  }

  /** As the administrator. */
  ask(path: string, options: Call = {}): Promise<Answer> {
    return call(this.evident, path, { token: this.#token, ...options });
  }

  change(user: number, json: object): Promise<Answer> {
    return this.ask(`/users/${user}`, { method: 'PUT', json });
  }

  /** Asked for again where the machine had no time to hash. */
  async user(more: object = {}): Promise<NewUser> {
    for (;;) {
      const made = await createUser(this.evident, this.#token, more);
      if (made.answer.status !== 503) return made;
    }
  }

  app(): Promise<NewApp> {
    return createApp(this.evident, this.#token);
  }

  async userOf(app: NewApp): Promise<NewUser> {
    const user = await this.user();
    const { status, body } = await this.assign(user, app);
    if (status !== 200) throw new Error(`not assigned: ${status} ${JSON.stringify(body)}`);
    return user;
  }

  assign(user: NewUser, app: NewApp, method: 'POST' | 'DELETE' = 'POST'): Promise<Answer> {
    return this.ask(`/users/${user.body.id}/assign/${app.body.id}`, { method });
  }

  /** What `/verify` says: its message, or `503` where nothing was judged. */
  async verdict(user: { readonly username: string; readonly password: string }, key: string): Promise<string> {
    const { status, body } = await verify(this.evident, user, key);
    return status === 200 ? body.message : String(status);
  }
}
