// Linear models with a ridge: classes by logits, numbers by least squares.
export { fitLinear, type Linear, type LinearOptions, predictLinear } from './fit.ts';
