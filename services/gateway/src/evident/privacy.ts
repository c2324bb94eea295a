import { certifyErasure, erasePerson, erasureCertificate } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { uuidInAnyCase } from './names-in-path.ts';
import { told } from './ops-route.ts';
import { problems } from './problem.ts';

const personSubject = /^user:(.*)$/;

/** The end of a person's data. */
export const privacy: readonly Endpoint[] = [
  endpoint(
    {
      name: 'erasePerson',
      method: 'DELETE',
      path: '/ops/people/{subject}',
      tag: 'Privacy',
      access: 'bearer',
      rule: 'manage:evident/privacy',
      refusals: problems,
      summary: 'Erase a person for ever',
      description:
        'Removes the user, deletes the key that their personal data is sealed under, and certifies it. Cannot be undone. The same again gives the same certificate.',
      params: z.object({ subject: text(0, 256) }),
      query: z.strictObject({
        identifiers: z
          .enum(['kept', 'freed'])
          .default('kept')
          .meta({ description: 'Whether anybody may take the names and addresses again.' }),
      }),
      answers: {
        200: {
          means: 'Erased, with a signed certificate.',
          shape: erasureCertificate.meta({ id: 'ErasureCertificate' }),
        },
        400: { means: 'That is no person, like `user:<uuid>`.' },
        404: { means: 'There is no such person.' },
        409: { means: 'The last active administrator cannot be erased, and nobody by themselves.' },
      },
    },
    async ({ params, query }, call) => {
      const [, id] = personSubject.exec(params.subject) ?? [];
      const userId = uuidInAnyCase.safeParse(id).data;
      if (userId === undefined) {
        const reason = `${JSON.stringify(params.subject)} is no person, like user:<uuid>.`;
        return problems.refuse({ code: 'audit.bad-query', details: { reason } });
      }
      const erased = await call.command(erasePerson, { userId, identifiers: query.identifiers });
      if (!erased.ok) return problems.refuse(erased.error);
      const certificate = await call.send(certifyErasure, { userId });
      const position = erased.position === undefined ? {} : { position: erased.position };
      return told(certificate.ok ? { ...certificate, ...position } : certificate, (json) => ({ status: 200, json }));
    },
  ),
];
