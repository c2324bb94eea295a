import { type DynamicModule, Module } from '@nestjs/common';
import { TOKEN_ISSUER, TokenIssuerController } from './token-issuer.controller.ts';
import type { TokenIssuer } from './token-issuer.ts';

@Module({})
export class TokenIssuerModule {
  static register(issuer: TokenIssuer): DynamicModule {
    return {
      module: TokenIssuerModule,
      controllers: [TokenIssuerController],
      providers: [{ provide: TOKEN_ISSUER, useValue: issuer }],
    };
  }
}
