// A Gaussian copula on code columns.
export { drawCopula } from './draw.ts';
export { type Copula, fitCopula } from './fit.ts';
