// Gradients of the kernels that networks use. The module for Node brings none. Only inputs are saved: a saved result is a copy
// that the tape does not know, which makes second-order gradients silently wrong.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from './types.ts';

type Attributes = Readonly<Record<string, unknown>>;
type NamedGradientMap = Record<string, () => Tensor>;
type Gradient = (tf: Tf, dy: Tensor, saved: readonly Tensor[], attrs: Attributes) => NamedGradientMap;
type SavedInputs = readonly string[] | 'all';

/** d f(x) = dy · slope(x). */
function unary(slope: (tf: Tf, x: Tensor) => Tensor): readonly [SavedInputs, Gradient] {
  return [['x'], (tf, dy, [x]) => ({ x: () => tf.mul(dy, slope(tf, x as Tensor)) })];
}

/** Gradients of a kernel with inputs that were broadcast to a common shape. */
function binary(
  slopes: (tf: Tf, dy: Tensor, a: Tensor, b: Tensor) => readonly [() => Tensor, () => Tensor],
): readonly [SavedInputs, Gradient] {
  return [
    ['a', 'b'],
    (tf, dy, [a, b]) => {
      const [ofA, ofB] = slopes(tf, dy, a as Tensor, b as Tensor);
      return { a: () => unbroadcast(tf, ofA(), a as Tensor), b: () => unbroadcast(tf, ofB(), b as Tensor) };
    },
  ];
}

function unbroadcast(tf: Tf, gradient: Tensor, input: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(input.shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, input.shape);
}

function matMul(tf: Tf, dy: Tensor, [a, b]: readonly Tensor[], attrs: Attributes): NamedGradientMap {
  const [x, y] = [a as Tensor, b as Tensor];
  const [swapA, swapB] = [attrs.transposeA === true, attrs.transposeB === true];
  return {
    a: () => (swapA ? tf.matMul(y, dy, swapB, true) : tf.matMul(dy, y, false, !swapB)),
    b: () => (swapB ? tf.matMul(dy, x, true, swapA) : tf.matMul(x, dy, !swapA, false)),
  };
}

function spread(tf: Tf, dy: Tensor, x: Tensor, axis: unknown): Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
  return tf.mul(tf.reshape(dy, kept), tf.onesLike(x));
}

const gradients: Readonly<Record<string, readonly [SavedInputs, Gradient]>> = {
  Identity: [[], (tf, dy) => ({ x: () => tf.cast(dy, 'float32') })],
  Cast: [[], (tf, dy) => ({ x: () => tf.clone(dy) })],
  Neg: [[], (tf, dy) => ({ x: () => tf.neg(dy) })],
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.div(1, x)),
  Sqrt: unary((tf, x) => tf.div(0.5, tf.sqrt(x))),
  Square: unary((tf, x) => tf.mul(2, x)),
  Sin: unary((tf, x) => tf.cos(x)),
  Cos: unary((tf, x) => tf.neg(tf.sin(x))),
  Tanh: unary((tf, x) => tf.sub(1, tf.square(tf.tanh(x)))),
  Sigmoid: unary((tf, x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x)))),
  Softplus: unary((tf, x) => tf.sigmoid(x)),
  Relu: unary((tf, x) => tf.step(x)),
  Abs: unary((tf, x) => tf.step(x, -1)),
  Step: [[], (tf, dy) => ({ x: () => tf.zerosLike(dy) })],
  OnesLike: [[], (tf, dy) => ({ x: () => tf.zerosLike(dy) })],
  ZerosLike: [[], (tf, dy) => ({ x: () => tf.zerosLike(dy) })],
  Add: binary((_, dy) => [() => dy, () => dy]),
  Sub: binary((tf, dy) => [() => dy, () => tf.neg(dy)]),
  Multiply: binary((tf, dy, a, b) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]),
  RealDiv: binary((tf, dy, a, b) => [() => tf.div(dy, b), () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))]),
  Maximum: binary((tf, dy, a, b) => {
    const first = tf.cast(tf.greater(a, b), 'float32');
    return [() => tf.mul(dy, first), () => tf.mul(dy, tf.sub(1, first))];
  }),
  Greater: [
    ['a', 'b'],
    (tf, _, [a, b]) => ({ a: () => tf.zerosLike(a as Tensor), b: () => tf.zerosLike(b as Tensor) }),
  ],
  AddN: ['all', (tf, dy, saved) => Object.fromEntries(saved.map((_, i) => [String(i), () => tf.clone(dy)]))],
  Sum: [['x'], (tf, dy, [x], { axis }) => ({ x: () => spread(tf, dy, x as Tensor, axis) })],
  Mean: [
    ['x'],
    (tf, dy, [x], { axis }) => ({
      x: () => tf.mul(spread(tf, dy, x as Tensor, axis), dy.size / (x as Tensor).size),
    }),
  ],
  LogSoftmax: [
    ['logits'],
    (tf, dy, [logits]) => ({
      logits: () => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.softmax(logits as Tensor))),
    }),
  ],
  Softmax: [
    ['logits'],
    (tf, dy, [logits]) => ({
      logits() {
        const shares = tf.softmax(logits as Tensor);
        return tf.mul(shares, tf.sub(dy, tf.sum(tf.mul(dy, shares), -1, true)));
      },
    }),
  ],
  BatchMatMul: [['a', 'b'], matMul],
  Reshape: [['x'], (tf, dy, [x]) => ({ x: () => tf.reshape(dy, (x as Tensor).shape) })],
  ExpandDims: [['input'], (tf, dy, [x]) => ({ input: () => tf.reshape(dy, (x as Tensor).shape) })],
  Transpose: [
    [],
    (tf, dy, _, { perm }) => ({
      x: () =>
        tf.transpose(
          dy,
          (perm as number[]).map((__, axis) => (perm as number[]).indexOf(axis)),
        ),
    }),
  ],
  Concat: [
    'all',
    (tf, dy, saved, { axis }) => {
      const [at] = tf.util.parseAxisParam(axis as number, (saved[0] as Tensor).shape) as [number];
      const parts = tf.split(
        dy,
        saved.map(({ shape }) => shape[at] as number),
        at,
      );
      return Object.fromEntries(parts.map((part, i) => [String(i), () => part]));
    },
  ],
  SplitV: [
    [],
    // One part alone comes as a tensor.
    (tf, dy, _, { axis }) => ({ x: () => tf.concat([dy as Tensor | Tensor[]].flat(), axis as number) }),
  ],
  PadV2: [
    ['x'],
    (tf, dy, [x], { paddings }) => ({
      x() {
        const before = (paddings as readonly (readonly [number, number])[]).map(([count]) => count);
        return tf.slice(dy, before, (x as Tensor).shape);
      },
    }),
  ],
  Slice: [
    ['x'],
    (tf, dy, [x], { begin }) => ({
      x() {
        const { shape } = x as Tensor;
        const starts = [begin as number | number[]].flat();
        return tf.pad(
          dy,
          shape.map((length, axis): [number, number] => {
            const before = starts[axis] ?? 0;
            return [before, length - before - (dy.shape[axis] as number)];
          }),
        );
      },
    }),
  ],
};

/** Makes TensorFlow.js differentiate the kernels above. */
export function registerGradients(tf: Tf): void {
  for (const [kernelName, [saved, gradient]] of Object.entries(gradients)) {
    if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      ...(saved === 'all' ? { saveAllInputs: true } : { inputsToSave: [...saved] }),
      gradFunc: (dy, tensors, attrs) => gradient(tf, dy as Tensor, tensors, attrs as Attributes),
    });
  }
}
