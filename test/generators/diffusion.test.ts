import { diffusion } from '../../generators/diffusion.ts';
import { describeGenerator } from '../conformance/generator.ts';
import { describeTables } from '../conformance/tables.ts';
import { describeNeural } from './neural/support.ts';

const quick = { epochs: 30, width: 32, batch: 64, rate: 0.008, steps: 8 };

describeGenerator(diffusion({ ...quick, epochs: 2 }));
describeTables(diffusion({ ...quick, epochs: 2 }));
describeNeural(diffusion(quick));
