// Runs programs op by op: on TensorFlow's own library when the user has it, or in plain JavaScript, the reference of all engines.
import { createRequire } from 'node:module';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, EngineName, Executable, Program, Tf } from '../types.ts';

export async function plainJs(tf: Tf): Promise<Engine> {
  await import('@tensorflow/tfjs-backend-cpu');
  return opByOp(tf, 'js', 'cpu', '@tensorflow/tfjs-backend-cpu');
}

/** `@tensorflow/tfjs-node`: not installed by us. */
export async function nativeTensorflow(tf: Tf): Promise<Engine> {
  const require = createRequire(import.meta.url);
  // Node 23 dropped this function, which the package still calls while it loads.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // It registers what is there already, and would warn of each kernel.
  tf.env().set('PROD', true);
  // It is a CommonJS package: asked for as such, it is also found where NODE_PATH says.
  const name = '@tensorflow/tfjs-node';
  require(name);
  const { registerGradients } = await import('../gradients.ts');
  registerGradients(tf);
  return opByOp(tf, 'tensorflow', 'tensorflow', name);
}

function opByOp(tf: Tf, name: EngineName, backend: string, detail: string): Engine {
  if (tf.findBackendFactory(backend) === null) throw new Error(`${detail} registered no backend.`);
  return { name, detail, compile: async (program) => interpret(tf, backend, program) };
}

function interpret(tf: Tf, backend: string, program: Program): Executable {
  const perform = (feeds: readonly (Float32Array | Int32Array)[]): { data: Float32Array; shape: number[] }[] => {
    void tf.setBackend(backend);
    // The plain backend advertises the other one on its first use.
    Object.assign(tf.backend(), { firstUse: false });
    let results: { data: Float32Array; shape: number[] }[] = [];
    tf.tidy(() => {
      const inputs = program.inputs.map(({ shape, dtype }, i) =>
        tf.tensor((feeds[i] as Float32Array).slice(), [...shape], dtype),
      );
      results = program
        .run(tf, inputs)
        .map((result: Tensor) => ({ data: Float32Array.from(result.dataSync()), shape: result.shape }));
    });
    return results;
  };
  const zeros = program.inputs.map(({ shape, dtype }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  });
  return {
    outputs: perform(zeros).map(({ shape }) => shape),
    async run(feeds, into) {
      for (const [i, { data }] of perform(feeds).entries()) into[i]?.set(data);
    },
    dispose: async () => {},
  };
}
