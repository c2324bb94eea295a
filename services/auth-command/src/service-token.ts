/** Under which the controllers are given the service. */
export const AUTH_COMMAND = Symbol('AuthCommand');
