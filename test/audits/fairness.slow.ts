import { fairnessSuite } from './fairness.suite.ts';

fairnessSuite('slow');
