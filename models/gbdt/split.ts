// Chooses a node's question: the feature and the set of codes that go left with which the loss falls most.
import type { Scale } from './scale.ts';
import type { Binner } from './types.ts';

export interface Split {
  readonly feature: number;
  readonly gain: number;
  /** 256 entries: 1 sends the code right. */
  readonly route: Uint8Array;
}

export interface SplitLimits {
  readonly leastRows: number;
  readonly leastHessian: number;
  readonly ridge: number;
}

/** Pulls the order of categories with few rows towards the middle, as scikit-learn and LightGBM do. */
const categorySmoothing = 10;

/** Rows of a node that a category needs to be told from others, where leaves are as large as usual. */
const categorySupport = 10;

/** Reused between calls: categories of one feature in the order in which they are tried. */
const order: number[] = [];
const keys = new Float64Array(256);

/** Undefined when no question is allowed or none gains. @param cells the node's histogram; there is at least one feature */
export function bestSplit(
  cells: Float64Array,
  starts: Int32Array,
  binners: readonly Binner[],
  scale: Scale,
  { leastRows, leastHessian, ridge }: SplitLimits,
): Split | undefined {
  const { countBase } = scale;
  const [perGradient, perHessian] = [1 / scale.gradient, 1 / scale.hessian];
  let totalGradient = 0;
  let totalPacked = 0;
  // Every feature's cells sum to the node.
  for (let cell = 0; cell < 2 * (starts[1] as number); cell += 2) {
    totalGradient += cells[cell] as number;
    totalPacked += cells[cell + 1] as number;
  }
  const total = totalGradient * perGradient;
  const wholeHessian = Math.floor(totalPacked / countBase);
  const totalHessian = wholeHessian * perHessian;
  const totalRows = totalPacked - wholeHessian * countBase;
  // Of a product, so that no division by a power of two is left in the loops.
  const perCount = 1 / countBase;
  const before = (total * total) / (totalHessian + ridge);
  /** What the sides reach together, of which `before` was there already. */
  let best = before + 1e-9;
  let bestFeature = -1;
  /** Of numbers: the last code that goes left. */
  let bestCut = 0;
  let bestNullLeft = false;
  /** Of categories: those that go left. */
  let bestOrder: number[] = [];
  const leastSupport = Math.max(1, Math.min(categorySupport, leastRows / 2));

  // What both sides reach with this left one, or 0 when it or the other is too small.
  const reached = (gradient: number, packed: number): number => {
    const whole = Math.floor(packed * perCount);
    const rows = packed - whole * countBase;
    if (rows < leastRows || totalRows - rows < leastRows) return 0;
    const hessian = whole * perHessian;
    if (hessian < leastHessian || totalHessian - hessian < leastHessian) return 0;
    const left = gradient * perGradient;
    const right = total - left;
    return (left * left) / (hessian + ridge) + (right * right) / (totalHessian - hessian + ridge);
  };

  for (let feature = 0; feature < binners.length; feature++) {
    const { kind, bins } = binners[feature] as Binner;
    const start = 2 * (starts[feature] as number);
    const nullGradient = cells[start + 2 * bins] as number;
    const nullPacked = cells[start + 2 * bins + 1] as number;
    if (kind === 'number') {
      // NULL right, then NULL left: the direction is learnt.
      for (let side = 0; side < (nullPacked > 0 ? 2 : 1); side++) {
        let gradient = side === 1 ? nullGradient : 0;
        let packed = side === 1 ? nullPacked : 0;
        const last = side === 0 && nullPacked > 0 ? bins : bins - 1;
        for (let bin = 0; bin < last; bin++) {
          const cell = cells[start + 2 * bin + 1] as number;
          if (cell === 0) continue;
          gradient += cells[start + 2 * bin] as number;
          packed += cell;
          // As `reached`, written out: most of the time goes here.
          const whole = Math.floor(packed * perCount);
          const rows = packed - whole * countBase;
          if (rows < leastRows) continue;
          if (totalRows - rows < leastRows) break;
          const hessian = whole * perHessian;
          const others = totalHessian - hessian;
          if (hessian < leastHessian || others < leastHessian) continue;
          const left = gradient * perGradient;
          const right = total - left;
          const sides = (left * left) / (hessian + ridge) + (right * right) / (others + ridge);
          if (sides > best) {
            best = sides;
            bestFeature = feature;
            bestCut = bin;
            bestNullLeft = side === 1;
          }
        }
      }
      continue;
    }
    // Fisher (1958): the best two groups are neighbours in the order of mean gradients.
    order.length = 0;
    for (let bin = 0; bin <= bins; bin++) {
      const packed = cells[start + 2 * bin + 1] as number;
      const whole = Math.floor(packed * perCount);
      if (packed - whole * countBase < leastSupport) continue;
      keys[bin] = ((cells[start + 2 * bin] as number) * perGradient) / (whole * perHessian + categorySmoothing);
      order.push(bin);
    }
    order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
    // From either end, up to the middle: whoever is left over, and categories with too few rows, go right.
    const most = (order.length + 1) >> 1;
    for (let side = 0; side < 2; side++) {
      let gradient = 0;
      let packed = 0;
      let cut = 0;
      for (let i = 0; i < most; i++) {
        const cell = start + 2 * (order[side === 0 ? i : order.length - 1 - i] as number);
        gradient += cells[cell] as number;
        packed += cells[cell + 1] as number;
        const sides = reached(gradient, packed);
        if (sides > best) {
          best = sides;
          bestFeature = feature;
          cut = i + 1;
        }
      }
      if (cut > 0) bestOrder = side === 0 ? order.slice(0, cut) : order.slice(order.length - cut);
    }
  }
  if (bestFeature < 0) return undefined;
  const { kind, bins } = binners[bestFeature] as Binner;
  const route = new Uint8Array(256).fill(1);
  if (kind === 'category') for (const bin of bestOrder) route[bin] = 0;
  else {
    route.fill(0, 0, bestCut + 1);
    route[bins] = bestNullLeft ? 0 : 1;
  }
  sendUnseen(route, kind, bins, cells, 2 * (starts[bestFeature] as number), countBase);
  return { feature: bestFeature, gain: best - before, route };
}

/** NULL and categories that no row of the node has go where most rows go. */
function sendUnseen(
  route: Uint8Array,
  kind: Binner['kind'],
  bins: number,
  cells: Float64Array,
  start: number,
  countBase: number,
): void {
  let left = 0;
  let all = 0;
  for (let bin = 0; bin <= bins; bin++) {
    const packed = cells[start + 2 * bin + 1] as number;
    const rows = packed - Math.floor(packed / countBase) * countBase;
    all += rows;
    if (route[bin] === 0) left += rows;
  }
  const larger = 2 * left > all ? 0 : 1;
  for (let bin = kind === 'number' ? bins : 0; bin <= bins; bin++) {
    if (cells[start + 2 * bin + 1] === 0) route[bin] = larger;
  }
}
