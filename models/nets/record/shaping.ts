// TensorFlow.js kernels that multiply matrices, make tensors or change their shape, as ONNX operators.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast, type Kernel, type KernelCall } from './elementwise.ts';

const elementTypes = { float32: 1, int32: 6, bool: 9 } as const;

function swapLast(call: KernelCall, x: TensorInfo): string {
  const perm = [...x.shape.keys()];
  perm.push(...(perm.splice(-2).reverse() as [number, number]));
  return call.graph.node('Transpose', [call.graph.nameOf(x)], { perm });
}

function matMul(call: KernelCall): TensorInfo {
  const { graph, input, attrs } = call;
  const [a, b] = [input('a'), input('b')];
  const [transA, transB] = [attrs.transposeA === true, attrs.transposeB === true];
  const rows = a.shape.at(transA ? -1 : -2) as number;
  const columns = b.shape.at(transB ? -2 : -1) as number;
  if (a.shape.length === 2 && b.shape.length === 2) {
    const flags = { transA: Number(transA), transB: Number(transB) };
    return graph.tensor(graph.node('Gemm', [graph.nameOf(a), graph.nameOf(b)], flags), [rows, columns], 'float32');
  }
  const left = transA ? swapLast(call, a) : graph.nameOf(a);
  const right = transB ? swapLast(call, b) : graph.nameOf(b);
  const outer = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return graph.tensor(graph.node('MatMul', [left, right]), [...outer, rows, columns], 'float32');
}

/** A tensor of one value, as large as `x`. */
const filled =
  (value: number): Kernel =>
  ({ graph, input }) => {
    const { shape, dtype } = input('x');
    const one = graph.scalar(value, dtype === 'int32' ? 'int32' : 'float32');
    return graph.tensor(graph.node('Expand', [one, graph.integers(shape)]), shape, dtype);
  };

export const shapingKernels: Readonly<Record<string, Kernel>> = {
  BatchMatMul: matMul,
  Reshape({ graph, input, attrs }) {
    const x = input('x');
    const asked = attrs.shape as readonly number[];
    const size = x.shape.reduce((product, length) => product * length, 1);
    const rest = asked.reduce((product, length) => (length < 0 ? product : product * length), 1);
    const shape = asked.map((length) => (length < 0 ? size / rest : length));
    return graph.tensor(graph.node('Reshape', [graph.nameOf(x), graph.integers(shape)]), shape, x.dtype);
  },
  ExpandDims({ graph, input, attrs }) {
    const x = input('input');
    const dim = attrs.dim as number;
    const shape = x.shape.toSpliced(dim < 0 ? dim + x.shape.length + 1 : dim, 0, 1);
    return graph.tensor(graph.node('Reshape', [graph.nameOf(x), graph.integers(shape)]), shape, x.dtype);
  },
  Transpose({ graph, input, attrs }) {
    const x = input('x');
    const perm = attrs.perm as readonly number[];
    const shape = perm.map((axis) => x.shape[axis] as number);
    return graph.tensor(graph.node('Transpose', [graph.nameOf(x)], { perm }), shape, x.dtype);
  },
  Concat({ graph, list, attrs }) {
    const [first] = list as [TensorInfo];
    const asked = (attrs.axis as number | undefined) ?? 0;
    const axis = asked < 0 ? asked + first.shape.length : asked;
    const shape = [...first.shape];
    shape[axis] = list.reduce((sum, info) => sum + (info.shape[axis] as number), 0);
    const names = list.map((info) => graph.nameOf(info));
    return graph.tensor(graph.node('Concat', names, { axis }), shape, first.dtype);
  },
  SplitV({ graph, input, attrs }) {
    const x = input('x');
    const axis = attrs.axis as number;
    const asked = attrs.numOrSizeSplits as number | readonly number[];
    const sizes = Array.isArray(asked)
      ? (asked as number[])
      : new Array<number>(asked as number).fill((x.shape[axis] as number) / (asked as number));
    const names = graph.nodes('Split', [graph.nameOf(x), graph.integers(sizes)], sizes.length, { axis });
    return names.map((name, i) => graph.tensor(name, x.shape.with(axis, sizes[i] as number), x.dtype));
  },
  Slice({ graph, input, attrs }) {
    const x = input('x');
    const begin = [attrs.begin as number | readonly number[]].flat();
    const asked = [attrs.size as number | readonly number[]].flat();
    const starts = x.shape.map((_, axis) => begin[axis] ?? 0);
    const shape = x.shape.map((length, axis) => {
      const size = asked[axis] ?? -1;
      return size < 0 ? length - (starts[axis] as number) : size;
    });
    const ends = starts.map((start, axis) => start + (shape[axis] as number));
    return graph.tensor(
      graph.node('Slice', [graph.nameOf(x), graph.integers(starts), graph.integers(ends)]),
      shape,
      x.dtype,
    );
  },
  /** Zeros around. */
  PadV2({ graph, input, attrs }) {
    const x = input('x');
    const paddings = attrs.paddings as readonly (readonly [number, number])[];
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    const shape = x.shape.map((length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
    return graph.tensor(graph.node('Pad', [graph.nameOf(x), graph.integers(pads)]), shape, x.dtype);
  },
  Cast({ graph, input, attrs }) {
    const x = input('x');
    const dtype = attrs.dtype as 'float32' | 'int32' | 'bool';
    return graph.tensor(graph.node('Cast', [graph.nameOf(x)], { to: elementTypes[dtype] }), x.shape, dtype);
  },
  OneHot({ graph, input, attrs }) {
    const indices = input('indices');
    const depth = attrs.depth as number;
    const values = graph.constant('float32', [2], new Uint8Array(Float32Array.of(0, 1).buffer));
    const result = graph.node('OneHot', [graph.nameOf(indices), graph.scalar(depth, 'int32'), values], { axis: -1 });
    return graph.tensor(result, [...indices.shape, depth], 'float32');
  },
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill({ graph, attrs }) {
    const shape = attrs.shape as readonly number[];
    const one = graph.scalar(attrs.value as number);
    return graph.tensor(graph.node('Expand', [one, graph.integers(shape)]), shape, 'float32');
  },
};
