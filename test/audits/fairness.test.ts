import { fairnessSuite } from './fairness.suite.ts';

fairnessSuite('fast');
