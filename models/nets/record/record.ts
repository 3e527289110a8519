// Runs a program once on tensors without values and writes down every kernel call: the whole train step becomes one graph.
import type { BackendValues, DataId, DataType, KernelBackend, NamedTensorInfoMap, Tensor } from '@tensorflow/tfjs-core';
import { SynthError } from '../../../core/errors.ts';
import type { Program, Tf } from '../types.ts';
import { elementwiseKernels, type Kernel } from './elementwise.ts';
import { type GraphBuilder, graphBuilder } from './graph.ts';
import { type OnnxGraph, onnxBytes } from './onnx-file.ts';
import { shapingKernels } from './shaping.ts';

const backendName = 'synthouse-record';

/** The graph being built; recording is synchronous, so there is one at most. */
let current: GraphBuilder | undefined;

function building(): GraphBuilder {
  if (current !== undefined) return current;
  throw new SynthError('nets.not-recording', 'A tensor of a recorded program is used outside of it.', {
    kind: 'unexpected',
  });
}

/** The bytes of an ONNX file that computes the program, and the shapes of its results. */
export function recordProgram(
  tf: Tf,
  program: Program,
): { bytes: Uint8Array; outputs: readonly (readonly number[])[] } {
  const graph = recordGraph(tf, program);
  return { bytes: onnxBytes(graph), outputs: graph.outputs.map(({ shape }) => shape) };
}

function recordGraph(tf: Tf, program: Program): OnnxGraph {
  install(tf);
  const before = tf.engine().backendName;
  // Without an asynchronous start, the backend is in place when the call returns.
  void tf.setBackend(backendName);
  const graph = graphBuilder();
  current = graph;
  try {
    return tf.tidy(() => {
      const inputs = program.inputs.map(({ shape, dtype }, i) => {
        const name = `in${i}`;
        graph.input(name, dtype, shape);
        return tf.engine().makeTensorFromTensorInfo(graph.tensor(name, shape, dtype));
      });
      return finishQuietly(graph, program.run(tf, inputs));
    }) as unknown as OnnxGraph;
  } finally {
    current = undefined;
    if (before !== undefined && before !== backendName) void tf.setBackend(before);
  }
}

/** Inside `tidy` only tensors may be returned or are looked into; a graph has none. */
function finishQuietly(graph: GraphBuilder, outputs: readonly Tensor[]): never {
  return graph.finish(outputs) as never;
}

function install(tf: Tf): void {
  if (tf.findBackendFactory(backendName) !== undefined && tf.findBackendFactory(backendName) !== null) return;
  tf.registerBackend(backendName, () => recordingBackend(tf), 0);
  for (const [kernelName, kernel] of Object.entries({ ...elementwiseKernels, ...shapingKernels })) {
    tf.registerKernel({ kernelName, backendName, kernelFunc: adapt(kernel) });
  }
}

type KernelFunc = Parameters<Tf['registerKernel']>[0]['kernelFunc'];

function adapt(kernel: Kernel): KernelFunc {
  return ({ inputs, attrs }: { inputs: NamedTensorInfoMap; attrs?: object }) =>
    kernel({
      graph: building(),
      input: (name) => {
        const info = inputs[name];
        if (info !== undefined) return info;
        throw new SynthError('nets.kernel-input', `A kernel has no input "${name}".`, { kind: 'unexpected' });
      },
      // A list of tensors comes as an array, or as an object whose keys count.
      list: Object.values(inputs).filter((info) => info !== undefined),
      attrs: (attrs ?? {}) as Readonly<Record<string, unknown>>,
    });
}

function recordingBackend(tf: Tf): KernelBackend {
  const write = (values: BackendValues, shape: readonly number[], dtype: DataType): DataId => {
    const graph = building();
    const dataId: DataId = {};
    if (dtype !== 'float32' && dtype !== 'int32') {
      throw new SynthError('nets.constant-type', `A network cannot hold a constant of type ${dtype}.`, {
        kind: 'unexpected',
      });
    }
    const numbers =
      dtype === 'int32' ? Int32Array.from(values as Int32Array) : Float32Array.from(values as Float32Array);
    graph.bind(dataId, graph.constant(dtype, shape, new Uint8Array(numbers.buffer)));
    return dataId;
  };
  const unread = (): never => {
    throw new SynthError('nets.no-value', 'A network looks at a value while it is being recorded.', {
      kind: 'unexpected',
    });
  };
  const methods: Partial<KernelBackend> = {
    write,
    move: unread,
    read: unread,
    readSync: unread,
    refCount: () => 1,
    incRef: () => {},
    disposeData: () => true,
    numDataIds: () => 0,
    memory: () => ({ unreliable: true }),
    floatPrecision: () => 32,
    epsilon: () => 1e-7,
    timerAvailable: () => false,
    dispose: () => {},
  };
  return Object.assign(new tf.KernelBackend(), methods);
}
