import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './http.ts';

/** The bodies and the curl are those of the published API reference, character by character, but for host and key. */
describe('the examples of the published API reference', () => {
  let evident: Deployment;
  let token: string;
  let apiKey: string;

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env: { ADMIN_PASSWORD: 'admin_password' } });
  });
  afterAll(() => evident?.remove());

  it('POST /token with the form of the page answers an access token of type bearer', async () => {
    const { status, body } = await call(evident, '/token', { form: { username: 'admin', password: 'admin_password' } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { access_token: expect.stringMatching(/^eyJ/), token_type: 'bearer' },
    });
    token = body.access_token;
  });

  it('POST /apps/ returns the created app with its api_key, GET /apps/ lists it', async () => {
    const json = { name: 'OpenProject', url: 'https://openproject.nabd-co.com' };
    const { status, body } = await call(evident, '/apps/', { token, json });
    expect({ status, body }).toMatchObject({ status: 201, body: { ...json, id: 1, api_key: expect.any(String) } });
    apiKey = body.api_key;
    expect((await call(evident, '/apps/', { token })).body).toMatchObject([{ ...json, id: 1 }]);
  });

  it('POST /users/ creates the printed user, GET /users/ lists it, PUT changes it, POST assigns it', async () => {
    const json = { username: 'newuser', email: 'user@example.com', password: 'password123', is_admin: false };
    const made = await call(evident, '/users/', { token, json });
    const { password: _, ...shown } = json;
    expect(made).toMatchObject({ status: 201, body: { ...shown, is_active: true } });
    const listed = await call(evident, '/users/', { token });
    expect(listed.body).toContainEqual(made.body);
    const change = { email: 'newemail@example.com', is_active: false };
    expect((await call(evident, `/users/${made.body.id}`, { method: 'PUT', token, json: change })).body).toMatchObject(
      change,
    );
    const assigned = await call(evident, `/users/${made.body.id}/assign/1`, { method: 'POST', token });
    expect(assigned).toMatchObject({ status: 200, body: { message: 'User assigned to application' } });
  });

  it('POST /verify answers exactly the printed members, in the printed order', async () => {
    const user = { username: 'jdoe', email: 'jdoe@example.com', password: 'secretpassword' };
    const { body } = await call(evident, '/users/', { token, json: user });
    await call(evident, `/users/${body.id}/assign/1`, { method: 'POST', token });
    const json = { username: 'jdoe', password: 'secretpassword', api_key: apiKey };
    const answer = await call(evident, '/verify', { json });
    expect(answer.status).toBe(200);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(answer.body).toEqual({
      authorized: true,
      message: 'Authorized',
      user: {
        username: 'jdoe',
        email: 'jdoe@example.com',
        is_active: true,
        is_admin: false,
        id: body.id,
        created_at: at,
        updated_at: at,
      },
    });
    expect(Object.keys(answer.body)).toEqual(['authorized', 'message', 'user']);
    expect(Object.keys(answer.body.user)).toEqual([
      'username',
      'email',
      'is_active',
      'is_admin',
      'id',
      'created_at',
      'updated_at',
    ]);
  });

  it('the printed curl answers 200 for each of the printed failures too', async () => {
    const testuser = { username: 'testuser', email: 'testuser@example.com', password: 'password123' };
    const { body } = await call(evident, '/users/', { token, json: testuser });
    const ask = async (password: string) => {
      const json = { username: 'testuser', password, api_key: apiKey };
      const answer = await call(evident, '/verify', { json });
      return [answer.status, answer.body];
    };
    const failure = (message: string) => [200, { authorized: false, message }];
    expect(await ask('wrong')).toEqual(failure('Invalid username or password'));
    expect(await ask('password123')).toEqual(failure('User not authorized for this application'));
    await call(evident, `/users/${body.id}`, { method: 'PUT', token, json: { is_active: false } });
    expect(await ask('password123')).toEqual(failure('User account is inactive'));
  });
});
