import { plantedSuite } from './planted.suite.ts';

plantedSuite('fast');
