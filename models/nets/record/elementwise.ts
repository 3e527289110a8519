// TensorFlow.js kernels that work entry by entry, or along one axis, as ONNX operators.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from './graph.ts';

export interface KernelCall {
  readonly graph: GraphBuilder;
  /** The tensors that the kernel was given under these names. */
  readonly input: (name: string) => TensorInfo;
  /** Tensors of a kernel that takes a list. */
  readonly list: readonly TensorInfo[];
  readonly attrs: Readonly<Record<string, unknown>>;
}

export type Kernel = (call: KernelCall) => TensorInfo | TensorInfo[];

const same =
  (op: string): Kernel =>
  ({ graph, input }) => {
    const x = input('x');
    return graph.tensor(graph.node(op, [graph.nameOf(x)]), x.shape, x.dtype);
  };

const pair =
  (op: string, isComparison = false): Kernel =>
  ({ graph, input }) => {
    const [a, b] = [input('a'), input('b')];
    const result = graph.node(op, [graph.nameOf(a), graph.nameOf(b)]);
    return graph.tensor(result, broadcast(a.shape, b.shape), isComparison ? 'bool' : a.dtype);
  };

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === 1 ? y : x;
  });
}

/** `Sum`, `Mean` and `Max`: the axes of the first two come as `axis`, those of `Max` as `reductionIndices`. */
const reduction =
  (op: string): Kernel =>
  ({ graph, input, attrs }) => {
    const x = input('x');
    const asked = (attrs.axis ?? attrs.reductionIndices) as number | readonly number[] | undefined | null;
    const all = asked === undefined || asked === null ? [...x.shape.keys()] : [asked].flat();
    const axes = all.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
    const keepDims = attrs.keepDims === true;
    const shape = keepDims
      ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
      : x.shape.filter((_, axis) => !axes.includes(axis));
    // No axes would mean all of them to ONNX.
    if (axes.length === 0) return graph.tensor(graph.node('Identity', [graph.nameOf(x)]), shape, x.dtype);
    const keepdims = keepDims ? 1 : 0;
    const result =
      op === 'ReduceSum'
        ? graph.node(op, [graph.nameOf(x), graph.integers(axes)], { keepdims })
        : graph.node(op, [graph.nameOf(x)], { axes, keepdims });
    return graph.tensor(result, shape, x.dtype);
  };

const softmax =
  (op: string): Kernel =>
  ({ graph, input }) => {
    const logits = input('logits');
    return graph.tensor(graph.node(op, [graph.nameOf(logits)], { axis: -1 }), logits.shape, logits.dtype);
  };

export const elementwiseKernels: Readonly<Record<string, Kernel>> = {
  Identity: same('Identity'),
  Neg: same('Neg'),
  Exp: same('Exp'),
  Log: same('Log'),
  Sqrt: same('Sqrt'),
  Sin: same('Sin'),
  Cos: same('Cos'),
  Tanh: same('Tanh'),
  Sigmoid: same('Sigmoid'),
  Relu: same('Relu'),
  Softplus: same('Softplus'),
  Abs: same('Abs'),
  Square({ graph, input }) {
    const x = input('x');
    return graph.tensor(graph.node('Mul', [graph.nameOf(x), graph.nameOf(x)]), x.shape, x.dtype);
  },
  /** 1 above 0, else `alpha`. */
  Step({ graph, input, attrs }) {
    const x = input('x');
    const isAbove = graph.node('Greater', [graph.nameOf(x), graph.scalar(0)]);
    const below = graph.scalar(typeof attrs.alpha === 'number' ? attrs.alpha : 0);
    return graph.tensor(graph.node('Where', [isAbove, graph.scalar(1), below]), x.shape, x.dtype);
  },
  Add: pair('Add'),
  Sub: pair('Sub'),
  Multiply: pair('Mul'),
  RealDiv: pair('Div'),
  Maximum: pair('Max'),
  Minimum: pair('Min'),
  Greater: pair('Greater', true),
  Less: pair('Less', true),
  Equal: pair('Equal', true),
  AddN({ graph, list }) {
    const [first] = list as [TensorInfo];
    return graph.tensor(
      graph.node(
        'Sum',
        list.map((info) => graph.nameOf(info)),
      ),
      first.shape,
      first.dtype,
    );
  },
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
};
