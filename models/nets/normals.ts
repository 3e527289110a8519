// Normal draws for training, in bulk: Marsaglia's polar method.

/** @returns a function that fills an array with normals of mean 0 and the given standard deviation */
export function normalSource(next: () => number): (into: Float32Array, spread?: number) => void {
  return (into, spread = 1) => {
    for (let i = 0; i < into.length; i += 2) {
      let u = 0;
      let v = 0;
      let square = 0;
      do {
        u = 2 * next() - 1;
        v = 2 * next() - 1;
        square = u * u + v * v;
      } while (square >= 1 || square === 0);
      const factor = spread * Math.sqrt((-2 * Math.log(square)) / square);
      into[i] = u * factor;
      if (i + 1 < into.length) into[i + 1] = v * factor;
    }
  };
}
