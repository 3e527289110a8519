import { twoSampleSuite } from './two-sample.suite.ts';

twoSampleSuite('fast');
