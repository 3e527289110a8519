// A set of boosted forests of oblivious trees as flat arrays: plain data, one forest per node of a code tree (or just one).
import { type KernelDepth, planeBytes } from './kernel.ts';

/**
 * Trees of a forest come by rising depth; depths are 2, 4 or 6. A tree of depth d asks d questions `code ≥ threshold`, one
 * per level for all rows; the answers are the bits of the leaf's number.
 */
export interface Forests {
  /** Score with which forest i starts. */
  readonly bases: Int32Array;
  /** Forest i uses predictors features[featureStarts[i] … featureStarts[i + 1]). */
  readonly featureStarts: Uint32Array;
  readonly features: Uint16Array;
  /** Forest i has trees depths[treeStarts[i] … treeStarts[i + 1]). */
  readonly treeStarts: Uint32Array;
  readonly depths: Uint8Array;
  /** Where the questions and leaves of forest i start. */
  readonly splitStarts: Uint32Array;
  readonly leafStarts: Uint32Array;
  /** Position among the forest's features, one per question. */
  readonly slots: Uint8Array;
  readonly thresholds: Uint8Array;
  /** Leaf values as two bytes, low bytes of a tree before its high bytes; see the kernel. */
  readonly leaves: Uint8Array;
}

/** A tree as it is grown. */
export interface Tree {
  readonly depth: number;
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  readonly leaves: Int16Array;
}

/** What fitting one forest gives. Features are positions among the predictors that it was given. */
export interface Forest {
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** The predictors that a forest asks about, in rising order. */
export function usedFeatures(forest: Forest): number[] {
  const used = new Set<number>();
  for (const tree of forest.trees) for (const feature of tree.features) used.add(feature);
  return [...used].sort((a, b) => a - b);
}

/** Lays forests out one after the other. */
export function layOut(forests: readonly Forest[]): Forests {
  const featureStarts = [0];
  const features: number[] = [];
  const treeStarts = [0];
  const depths: number[] = [];
  const splitStarts = [0];
  const leafStarts = [0];
  const slots: number[] = [];
  const thresholds: number[] = [];
  const trees = forests.flatMap(({ trees }) => byDepth(trees));
  const leaves = new Uint8Array(trees.reduce((sum, { depth }) => sum + 2 * planeBytes(paddedDepth(depth)), 0));
  let leafAt = 0;
  for (const forest of forests) {
    const used = usedFeatures(forest);
    const slotOf = new Map(used.map((feature, slot) => [feature, slot]));
    for (const tree of byDepth(forest.trees)) {
      const depth = paddedDepth(tree.depth);
      depths.push(depth);
      for (let level = 0; level < depth; level++) {
        // An unused level asks for code ≥ 128, which no code is.
        slots.push(slotOf.get(tree.features[level] ?? (used[0] as number)) as number);
        thresholds.push(level < tree.depth ? (tree.thresholds[level] as number) : 128);
      }
      leafPlanes(tree.leaves, depth, leaves, leafAt);
      leafAt += 2 * planeBytes(depth);
    }
    features.push(...used);
    featureStarts.push(features.length);
    treeStarts.push(depths.length);
    splitStarts.push(slots.length);
    leafStarts.push(leafAt);
  }
  return {
    bases: Int32Array.from(forests, ({ base }) => base),
    featureStarts: Uint32Array.from(featureStarts),
    features: Uint16Array.from(features),
    treeStarts: Uint32Array.from(treeStarts),
    depths: Uint8Array.from(depths),
    splitStarts: Uint32Array.from(splitStarts),
    leafStarts: Uint32Array.from(leafStarts),
    slots: Uint8Array.from(slots),
    thresholds: Uint8Array.from(thresholds),
    leaves,
  };
}

/** The depth with which a tree is stored: 2, 4 or 6. */
export function paddedDepth(depth: number): KernelDepth {
  return depth <= 2 ? 2 : depth <= 4 ? 4 : 6;
}

function byDepth(trees: readonly Tree[]): Tree[] {
  return [...trees].sort((a, b) => paddedDepth(a.depth) - paddedDepth(b.depth));
}

/** Leaf values of a tree as the kernel wants them: low bytes, then high bytes. */
export function leafPlanes(values: Int16Array, depth: KernelDepth, into: Uint8Array, at: number): void {
  const plane = planeBytes(depth);
  for (let leaf = 0; leaf < values.length; leaf++) {
    into[at + leaf] = (values[leaf] as number) & 255;
    into[at + plane + leaf] = ((values[leaf] as number) >> 8) & 255;
  }
}
