export const basePath = '/api/sso/v1';
