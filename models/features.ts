// The columns that downstream learners (gbdt, linear) read: numbers and categories, NULL included, row by row alike.

/** A number per row; NULL is NaN. Infinities are numbers. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** A level per row, 0 to `levels` − 1; NULL is -1. Tables that one model sees number their levels alike. */
export interface CategoryFeature {
  readonly kind: 'category';
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: number;
}

export type Feature = NumberFeature | CategoryFeature;

/** Columns of `rowCount` entries each. Which column is which is decided by their order. */
export interface FeatureTable {
  readonly rowCount: number;
  readonly columns: readonly Feature[];
}

/** What is predicted; it says how a target of one number per row is read. A target has no NULL. */
export type Task =
  /** 0 or 1. */
  | { readonly kind: 'binary' }
  /** 0 to `classes` − 1. */
  | { readonly kind: 'multiclass'; readonly classes: number }
  /** Finite numbers. */
  | { readonly kind: 'regression' };

/** Scores per row of a task: one, or one per class. */
export function outputsOf(task: Task): number {
  return task.kind === 'multiclass' ? task.classes : 1;
}
