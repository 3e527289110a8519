// Refuses input that boosting cannot learn from, before any work is done.
import { SynthError } from '../../core/errors.ts';
import { type Feature, type FeatureTable, outputsOf, type Task } from '../features.ts';
import type { GbdtOptions } from './types.ts';

/** @throws SynthError `gbdt.*`; it names columns and options, never values */
export function checkFit(features: FeatureTable, target: Float64Array, task: Task, options: GbdtOptions): void {
  checkOptions(options);
  const { rowCount, columns } = features;
  const { weights, margin } = options;
  if (rowCount === 0) refuse('gbdt.no-rows', 'There are no rows to learn from.', 'Give at least one row.');
  for (const column of columns) checkColumn(column, rowCount);
  checkLength('the target', target, rowCount);
  if (weights !== undefined) {
    checkLength('weights', weights, rowCount);
    if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
      refuse('gbdt.weights', 'A weight is negative or not finite.', 'Give finite weights of at least 0.');
    }
    if (!weights.some((weight) => weight > 0)) refuse('gbdt.no-rows', 'All weights are 0.', 'Give some rows a weight.');
  }
  if (margin !== undefined) {
    checkLength('the margin', margin, rowCount * outputsOf(task));
    if (!margin.every(Number.isFinite)) refuse('gbdt.margin', 'A margin is not finite.', 'Give finite scores.');
  }
  checkTarget(target, task, weights, margin !== undefined);
}

function checkOptions(options: GbdtOptions): void {
  const demand = (name: keyof GbdtOptions, isGood: boolean, what: string): void => {
    if (!isGood) refuse('gbdt.option', `Option ${name} is out of its range.`, `Set ${name} to ${what}.`);
  };
  const isCount = (value: number, least: number): boolean =>
    value >= least && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY);
  demand('rounds', Number.isInteger(options.rounds) && options.rounds >= 0, 'a whole number of at least 0');
  demand('rate', options.rate > 0 && Number.isFinite(options.rate), 'a number above 0');
  demand('maximalLeaves', isCount(options.maximalLeaves, 2), 'a whole number of at least 2, or Infinity');
  demand('maximalDepth', isCount(options.maximalDepth, 1), 'a whole number of at least 1, or Infinity');
  demand('leastRows', Number.isInteger(options.leastRows) && options.leastRows >= 1, 'a whole number of at least 1');
  demand('leastHessian', options.leastHessian >= 0, 'a number of at least 0');
  demand('ridge', options.ridge >= 0 && Number.isFinite(options.ridge), 'a number of at least 0');
  demand('maximalBins', isCount(options.maximalBins, 2) && options.maximalBins <= 255, 'a whole number from 2 to 255');
  demand('patience', Number.isInteger(options.patience) && options.patience >= 0, 'a whole number of at least 0');
  demand('validationShare', options.validationShare > 0 && options.validationShare < 1, 'a number between 0 and 1');
}

function checkColumn(column: Feature, rowCount: number): void {
  const { name } = column;
  checkLength(`column ${name}`, column.kind === 'number' ? column.values : column.codes, rowCount);
  if (column.kind === 'category' && !column.codes.every((code) => code >= -1 && code < column.levels)) {
    refuse('gbdt.levels', `Column ${name} has a code outside its levels.`, 'Use codes from -1 (NULL) to levels − 1.');
  }
}

function checkLength(what: string, { length }: ArrayLike<number>, expected: number): void {
  if (length !== expected) {
    refuse('gbdt.length', `There are ${length} entries in ${what} and not ${expected}.`, 'Give one entry per row.');
  }
}

function checkTarget(target: Float64Array, task: Task, weights: Float64Array | undefined, hasMargin: boolean): void {
  if (task.kind === 'regression') {
    if (!target.every(Number.isFinite)) {
      refuse('gbdt.target', 'The target has NULL or infinite entries.', 'Leave out rows whose target is not known.');
    }
    return;
  }
  const classes = task.kind === 'binary' ? 2 : task.classes;
  if (!target.every((label) => Number.isInteger(label) && label >= 0 && label < classes)) {
    refuse(
      'gbdt.target',
      `The target is not one of the classes 0 to ${classes - 1} in every row.`,
      'Leave out rows whose target is not known.',
    );
  }
  const seen = new Set(target.filter((_, row) => weights?.[row] !== 0));
  // With margins, even one class can be told from what they say.
  if (seen.size < 2 && !hasMargin) {
    refuse('gbdt.one-class', 'The target has one class only.', 'Give rows of at least two classes.');
  }
}

function refuse(code: string, message: string, hint: string): never {
  throw new SynthError(code, message, { hint });
}
