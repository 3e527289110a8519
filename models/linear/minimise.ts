// Finds where a smooth convex function is least: L-BFGS (Nocedal 1980), the same steps every time.

/** Writes the gradient at `x` and returns the value. */
export type Function = (x: Float64Array, gradient: Float64Array) => number;

const memory = 10;
const mostSteps = 1000;
/** Share of the promised decrease that a step must keep (Armijo 1966). */
const sufficient = 1e-4;

/** Near the end a decrease is smaller than the rounding of the value: then the gradient alone leads. */
const rounding = 1e-14;

/** @param start where the search begins @param tolerance largest entry of the gradient at which it ends */
export function minimise(f: Function, start: Float64Array, tolerance: number): Float64Array {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly curvature: number }[] = [];
  for (let step = 0; step < mostSteps && largest(gradient) > tolerance; step++) {
    const direction = downhill(gradient, pairs);
    const slope = dot(gradient, direction);
    // The first direction is not scaled by anything yet.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let moved: Float64Array<ArrayBuffer> | undefined;
    const nextGradient = new Float64Array(x.length);
    for (let tries = 0; tries < 60; tries++, length /= 2) {
      const candidate = x.map((entry, i) => entry + length * (direction[i] as number));
      const reached = f(candidate, nextGradient);
      if (!(reached <= value + sufficient * length * slope + rounding * Math.abs(value))) continue;
      moved = candidate;
      value = reached;
      break;
    }
    // Rounding leaves nothing to gain.
    if (moved === undefined) break;
    const s = moved.map((entry, i) => entry - (x[i] as number));
    const y = nextGradient.map((entry, i) => entry - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-14 * dot(y, y)) pairs.push({ s, y, curvature });
    if (pairs.length > memory) pairs.shift();
    x = moved;
    gradient = nextGradient;
  }
  return x;
}

/** Minus the gradient, times the inverse Hessian that the last steps have shown. */
function downhill(
  gradient: Float64Array,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly curvature: number }[],
): Float64Array {
  const q = gradient.map((entry) => -entry);
  const alphas: number[] = [];
  for (const { s, y, curvature } of [...pairs].reverse()) {
    const alpha = dot(s, q) / curvature;
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) - alpha * (y[i] as number);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.y, last.y);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  for (const { s, y, curvature } of pairs) {
    const change = (alphas.pop() as number) - dot(y, q) / curvature;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) + change * (s[i] as number);
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
