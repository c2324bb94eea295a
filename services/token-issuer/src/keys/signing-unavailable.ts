/** The signing keys could not be confirmed lately enough: which key is to sign, nobody here knows. */
export class SigningUnavailable extends Error {
  override readonly name = 'SigningUnavailable';
}
