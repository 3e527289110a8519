import { targetSuite } from './target.suite.ts';

targetSuite('slow');
