// What the parts of the network engine share: programs written in TensorFlow.js ops, and what runs them.
import type { Tensor } from '@tensorflow/tfjs-core';

/** The TensorFlow.js module, loaded when the first network is trained. */
export type Tf = typeof import('@tensorflow/tfjs-core');

export type EngineName = 'onnx' | 'tensorflow' | 'wasm' | 'js';

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** A pure function of tensors of fixed shapes; it must not look at their values. All results are float32. */
export interface Program {
  readonly inputs: readonly TensorSpec[];
  run(tf: Tf, inputs: readonly Tensor[]): readonly Tensor[];
}

/** A program made ready to run. */
export interface Executable {
  /** Shapes of the results. */
  readonly outputs: readonly (readonly number[])[];
  /**
   * @param feeds one array per input, row after row
   * @param into receives the results; never an array of `feeds`
   */
  run(feeds: readonly (Float32Array | Int32Array)[], into: readonly Float32Array[]): Promise<void>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** For `synth debug`: package and version. */
  readonly detail: string;
  compile(program: Program): Promise<Executable>;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
