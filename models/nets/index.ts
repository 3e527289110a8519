// Neural networks, written once in TensorFlow.js ops and trained by the fastest engine that loads.
export { type AdversarialOptions, createAdversarialTrainer } from './adversarial.ts';
export { chooseEngine, type EngineChoice, engineChoices } from './engines/choose.ts';
export { type FitResult, fitNetwork } from './fit.ts';
export { normalSource } from './normals.ts';
export { createTrainer, type Network, namedTensors, type Trainer } from './trainer.ts';
export type { Engine, EngineName, Executable, Program, TensorSpec, Tf } from './types.ts';
export { type DenseLayer, type DenseSpace, denseSpace } from './wasm/dense.ts';
export { denseWeights, firstWeights, namedWeights, type WeightSpec, weightCount } from './weights.ts';
