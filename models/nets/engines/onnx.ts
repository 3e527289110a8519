// Runs recorded programs with ONNX Runtime: natively (onnxruntime-node), or as WebAssembly where nothing native loads.
import type * as Ort from 'onnxruntime-node';
import { refuseTelemetry } from '../../../core/telemetry.ts';
import { recordProgram } from '../record/record.ts';
import { type Engine, type Executable, type Program, sizeOf, type Tf } from '../types.ts';

type OrtModule = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>;

/** One thread: results do not depend on the machine's number of cores. */
const sessionOptions: Ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  // Waiting threads would otherwise burn a core.
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

export async function nativeOnnx(tf: Tf): Promise<Engine> {
  refuseTelemetry();
  const ort: OrtModule & { env?: { versions?: { node?: string } } } = await import('onnxruntime-node');
  const version = ort.env?.versions?.node;
  const detail = version === undefined ? 'onnxruntime-node' : `onnxruntime-node ${version}`;
  return { name: 'onnx', detail, compile: (program) => compile(tf, ort, program, true) };
}

export async function wasmOnnx(tf: Tf): Promise<Engine> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const module = ort as unknown as OrtModule;
  return { name: 'wasm', detail: 'onnxruntime-web', compile: (program) => compile(tf, module, program, false) };
}

async function compile(tf: Tf, ort: OrtModule, program: Program, writesInPlace: boolean): Promise<Executable> {
  const { bytes, outputs } = recordProgram(tf, program);
  const session = await ort.InferenceSession.create(bytes, sessionOptions);
  // An input that nothing uses may have been dropped from the session.
  const used = program.inputs.map((spec, i) => ({ ...spec, name: `in${i}` }));
  const accepted = new Set(session.inputNames);
  return {
    outputs,
    async run(feeds, into) {
      const fed = used.flatMap(({ name, shape, dtype }, i) =>
        accepted.has(name) ? [[name, new ort.Tensor(dtype, feeds[i] as Float32Array & Int32Array, shape)]] : [],
      );
      const wanted = outputs.map((shape, i) => [`out${i}`, new ort.Tensor('float32', into[i] as Float32Array, shape)]);
      if (writesInPlace) {
        await session.run(Object.fromEntries(fed), Object.fromEntries(wanted));
        return;
      }
      // The WebAssembly build ignores results that were allocated before.
      const results = await session.run(Object.fromEntries(fed));
      for (const [i, target] of into.entries()) {
        const result = results[`out${i}`]?.data as Float32Array;
        target.set(result.length === sizeOf(outputs[i] ?? []) ? result : result.subarray(0, target.length));
      }
    },
    dispose: () => session.release(),
  };
}
