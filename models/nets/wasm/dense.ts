// Dense layers for drawing rows: their weights lie in the memory of the matrix kernel, ready for any number of rows.
import { type ProductKernel, productKernel, wasmMemory } from './kernel.ts';

/** y = x · w + b for many rows. */
export interface DenseLayer {
  /** Length of a row of the result: the number of outputs, rounded up to a multiple of 16. */
  readonly stride: number;
  /**
   * @param x rows of as many numbers as the layer has inputs
   * @returns a view that the next call of any layer of the same {@link DenseSpace} overwrites
   */
  run(x: Float32Array, rows: number): Float32Array;
}

export interface DenseSpace {
  /** @param w inputs × outputs, row after row */
  layer(w: Float32Array, b: Float32Array, inputs: number, outputs: number): DenseLayer;
}

const pageBytes = 65_536;

export function denseSpace(): DenseSpace {
  const memory = wasmMemory();
  const kernel: ProductKernel = productKernel(memory);
  let used = 0;
  /** The floats at [from, from + length), with room for them. */
  const room = (from: number, length: number): Float32Array => {
    const missing = Math.ceil((4 * (from + length) - memory.buffer.byteLength) / pageBytes);
    if (missing > 0) memory.grow(missing);
    return new Float32Array(memory.buffer, 4 * from, length);
  };
  return {
    layer(w, b, inputs, outputs) {
      const stride = Math.ceil(outputs / 16) * 16;
      const at = used;
      used += inputs * stride;
      const weights = room(at, inputs * stride).fill(0);
      for (let i = 0; i < inputs; i++) weights.set(w.subarray(i * outputs, (i + 1) * outputs), i * stride);
      const bias = new Float32Array(stride);
      bias.set(b.subarray(0, outputs));
      return {
        stride,
        run(x, rows) {
          const height = Math.ceil(rows / 4) * 4;
          const from = used;
          const to = from + height * inputs;
          const all = room(from, height * (inputs + stride));
          all.set(x.subarray(0, rows * inputs));
          all.fill(0, rows * inputs, height * inputs);
          const y = room(to, height * stride);
          for (let row = 0; row < height; row++) y.set(bias, row * stride);
          if (rows > 0) kernel(4 * from, 4 * at, 4 * to, height, inputs, stride);
          return y.subarray(0, rows * stride);
        },
      };
    },
  };
}
