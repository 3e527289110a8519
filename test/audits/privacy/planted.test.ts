import { privacySuite } from './planted.suite.ts';

privacySuite('fast');
