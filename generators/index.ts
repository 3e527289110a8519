// The generators that come with the package, one line each.
export { autoregressive } from './autoregressive.ts';
export { boosted } from './boosted.ts';
export { copula } from './copula.ts';
export { diffusion } from './diffusion.ts';
export { gan } from './gan.ts';
export { reference } from './reference.ts';
export { rules } from './rules.ts';
export { vae } from './vae.ts';
