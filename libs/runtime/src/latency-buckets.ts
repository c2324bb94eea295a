/** Upper bounds in seconds: fine around a look-up (sub-millisecond to 20 ms) and around one argon2id (10 to 500 ms). */
export const latencyBuckets: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
