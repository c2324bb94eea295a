// The process on the other side of the program `transport`: answers one question, by our server or by Nest's own.
import { findSignIn } from '@evident/contracts';
import { MessageHandlers } from '@evident/transport';
import { connectNats, NatsResponder } from '@evident/transport/nats';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, ServerNats } from '@nestjs/microservices';
import { answeringModule } from './bench-controllers.ts';
import { found, nestSubject } from './bench-messages.ts';

const [url = '', kind = ''] = process.argv.slice(2);
if (kind === 'nest') {
  const strategy = new ServerNats({ servers: [url], queue: 'bench' });
  const module = answeringModule(MessagePattern(nestSubject));
  const app = await NestFactory.createMicroservice(module, { strategy, logger: false });
  await app.listen();
} else {
  const responder = new NatsResponder(await connectNats({ servers: [url], service: 'bench' }));
  await responder.serve(new MessageHandlers().add(findSignIn, () => found));
}
process.send?.('ready');
