import { Controller, Module } from '@nestjs/common';
import { found } from './bench-messages.ts';

type Find = TypedPropertyDescriptor<() => typeof found>;

/** A module whose one controller answers the question. Decorators by call: Node runs this by stripping its types. */
export function answeringModule(handles: (type: object, key: 'find', method: Find) => void) {
  class BenchController {
    find() {
      return found;
    }
  }
  const method = Object.getOwnPropertyDescriptor(BenchController.prototype, 'find');
  if (method !== undefined) handles(BenchController.prototype, 'find', method);
  Controller()(BenchController);
  class BenchModule {}
  Module({ controllers: [BenchController] })(BenchModule);
  return BenchModule;
}
