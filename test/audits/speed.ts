// Tests of one subject in two files: NAME.test.ts runs those that are fast, NAME.slow.ts the others, both of NAME.suite.ts.
export type Speed = 'fast' | 'slow';

/** What stands for `it` in such a suite: it leaves out the tests of the other speed. */
export function testsOf(
  speed: Speed,
  isSlow: (title: string) => boolean,
): (title: string, body: () => void | Promise<void>) => void {
  return (title, body) => {
    if (isSlow(title) === (speed === 'slow')) it(title, body);
  };
}
