import { vae } from '../../generators/vae.ts';
import { describeGenerator } from '../conformance/generator.ts';
import { describeTables } from '../conformance/tables.ts';
import { describeNeural } from './neural/support.ts';

const quick = { epochs: 16, width: 32, latent: 8, batch: 64, rate: 0.008 };

describeGenerator(vae({ ...quick, epochs: 2 }));
describeTables(vae({ ...quick, epochs: 2 }));
describeNeural(vae(quick));
