import { gan } from '../../generators/gan.ts';
import { describeGenerator } from '../conformance/generator.ts';
import { describeTables } from '../conformance/tables.ts';
import { describeNeural } from './neural/support.ts';

const quick = { epochs: 16, width: 32, noise: 16, batch: 64, rate: 0.002 };

describeGenerator(gan({ ...quick, epochs: 2 }));
describeTables(gan({ ...quick, epochs: 2 }));
describeNeural(gan(quick));
