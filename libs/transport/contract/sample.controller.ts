import { type Reply, type RequestContext, succeed } from '@evident/contracts';
import { Controller } from '@nestjs/common';
import { Handles } from '../src/index.ts';
import { echo, keep } from './sample-contracts.ts';

/** A controller as the services write them. */
@Controller()
export class SampleController {
  readonly asked: RequestContext[] = [];

  @Handles(echo)
  async echo({ text }: { text: string }, context: RequestContext): Promise<Reply<{ text: string }>> {
    this.asked.push(context);
    return succeed({ text: `${text}, ${this.asked.length}` });
  }

  @Handles(keep)
  keep(): Reply<{ kept: boolean }> {
    throw new RangeError('a bug of ours');
  }
}
