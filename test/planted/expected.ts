// What each audit is expected to say of each planted failure: the one place where a new audit joins the matrix.
import type { Cell, Row } from './matrix.ts';

/** Names of failures. Of all that are named nowhere the audit says nothing, by design: they are not its question. */
export interface Expected {
  /** It has no bounds: its values are for comparison. */
  readonly reportsOnly?: true;
  /** It fails. */
  readonly caught?: readonly string[];
  /** It warns. */
  readonly warned?: readonly string[];
  /** Near its bound: it fails, warns or passes, as chance has it. */
  readonly varies?: readonly string[];
  /** It passes although the failure is its question: blind spots, with the reason, a clause. */
  readonly missed?: Readonly<Record<string, string>>;
}

const oneColumn = 'each column alone is as it was';
const moved = 'so few rows move no distribution by its bound';
const copied = 'copies are distributed as what they were copied from';
const average = 'among so many other rows a few copies do not show in an average';
const unequal = 'the rows are near to real ones, not equal';

/** By id, in the order of reports. */
export const expected: Readonly<Record<string, Expected>> = {
  'val.schema': { caught: ['column lost'] },
  'val.key': { caught: ['key repeated'] },
  'val.fk': { caught: ['orphaned key', 'key repeated'] },
  'val.range': { caught: ['another unit'] },
  'val.domain': { caught: ['category invented'] },
  'val.rule': { caught: ['rule broken'] },
  'fid.ks': {
    caught: ['small groups', 'drifted month', 'late collapse', 'another unit'],
    warned: ['NULLs filled'],
    missed: { 'column shuffle': oneColumn, 'early collapse': moved, 'bootstrap copy': copied },
  },
  'fid.w1': {
    caught: ['small groups', 'drifted month', 'late collapse', 'another unit', 'NULLs filled'],
    missed: { 'early collapse': moved },
  },
  'fid.tvd': {
    caught: ['small groups', 'drifted month', 'late collapse'],
    warned: ['groups apart', 'group under-represented'],
    missed: { 'rare class dropped': moved, 'early collapse': moved, 'label shuffle': oneColumn },
  },
  'fid.jsd': {
    warned: ['small groups', 'group under-represented'],
    caught: ['drifted month', 'late collapse', 'another unit', 'NULLs filled'],
    missed: { 'rare class dropped': moved, 'early collapse': moved },
  },
  'fid.missing': { caught: ['drifted month', 'NULLs filled'] },
  'fid.pair': {
    caught: ['groups apart', 'small groups', 'drifted month', 'label shuffle', 'late collapse', 'another unit'],
    warned: ['group under-represented', 'column shuffle', 'NULLs filled'],
    missed: { 'early collapse': moved, 'three-way tie': 'every two columns go together as they did' },
  },
  'fid.kway': {
    caught: ['groups apart', 'small groups', 'drifted month', 'late collapse', 'another unit'],
    warned: ['label shuffle', 'column shuffle', 'NULLs filled'],
    missed: { 'three-way tie': 'it looks at a sample of 60 triples, and this one is not among them' },
  },
  'fid.corr': {
    caught: ['small groups', 'drifted month', 'column shuffle'],
    warned: ['NULLs filled'],
    missed: { 'label shuffle': 'the target is a category' },
  },
  'fid.c2st': {
    caught: ['bootstrap copy', 'jitter', 'late collapse', 'another unit'],
    warned: ['small groups', 'three-way tie', 'drifted month'],
    missed: {
      'column shuffle': 'what goes with income is too little for trees to tell rows apart by',
      'early collapse': moved,
      '5 % copies': average,
    },
  },
  'fid.prdc': {
    caught: ['three-way tie', 'late collapse', 'drifted month', 'another unit'],
    warned: ['small groups', 'label shuffle', 'NULLs filled'],
    missed: { 'early collapse': moved, 'column shuffle': 'a row with the income of another still has near real rows' },
  },
  'fid.sdm': { reportsOnly: true },
  'fid.card': { caught: ['orders dealt out'] },
  'fid.inter': {
    caught: [
      'small groups',
      'drifted month',
      'late collapse',
      'another unit',
      'NULLs filled',
      'orders dealt out',
      'orders without order',
    ],
    warned: ['groups apart', 'group under-represented', 'column shuffle'],
  },
  'fid.seq': { caught: ['orders dealt out', 'orders without order'] },
  'col.rare': { caught: ['early collapse', 'late collapse', 'rare class dropped'] },
  'col.tail': { caught: ['early collapse', 'late collapse'] },
  'col.var': {
    caught: ['small groups', 'late collapse', 'another unit'],
    missed: { 'early collapse': 'without the outer hundredths a number varies nearly as much' },
  },
  'col.div': {
    caught: ['group under-represented', 'drifted month'],
    warned: ['late collapse'],
    missed: { 'early collapse': moved, 'rare class dropped': moved },
  },
  'col.cover': { caught: ['drifted month', 'late collapse'], warned: ['early collapse', 'rare class dropped'] },
  'prv.exact': { caught: ['bootstrap copy', '5 % copies', '1 % copies'], missed: { jitter: unequal } },
  'prv.rare': { caught: ['category of three'] },
  'prv.extreme': { caught: ["one person's extreme"] },
  'prv.pii': { caught: ['addresses leaked'] },
  'utl.query': {
    caught: ['small groups', 'drifted month', 'late collapse', 'another unit', 'NULLs filled'],
    varies: ['groups apart'],
  },
  'utl.tstr': {
    caught: ['groups apart', 'label shuffle'],
    warned: ['drifted month'],
    missed: {
      'early collapse': 'the target depends on the middle, not on what is gone',
      'late collapse': 'the order of risks is nearly as it was',
      'rare class dropped': 'the target does not depend on it',
      'bootstrap copy': copied,
    },
  },
  'utl.importance': { caught: ['label shuffle'] },
  'prv.dcr': {
    caught: ['bootstrap copy', 'jitter'],
    varies: ['5 % copies'],
    missed: { '1 % copies': average },
  },
  'prv.kmap': { caught: ['drifted month', 'small groups', 'late collapse'] },
  'prv.single_out': { caught: ['bootstrap copy', 'jitter'], missed: { '5 % copies': average, '1 % copies': average } },
  'prv.link': { caught: ['bootstrap copy', 'jitter'], warned: ['5 % copies'], missed: { '1 % copies': average } },
  'prv.infer': { caught: ['bootstrap copy', 'jitter'], warned: ['5 % copies'], missed: { '1 % copies': average } },
  'prv.mia': { caught: ['bootstrap copy', '5 % copies', 'jitter'], varies: ['1 % copies'] },
  'prv.attr': { caught: ['bootstrap copy', 'jitter'], varies: ['5 % copies'], missed: { '1 % copies': average } },
  'fair.repr': {
    caught: ['small groups', 'late collapse', 'drifted month', 'group under-represented'],
  },
  'fair.label': { caught: ['groups apart', 'drifted month'], warned: ['label shuffle'] },
  'fair.amp': { caught: ['groups apart'] },
  'fair.eo': { caught: ['groups apart'] },
  'col.trend': { caught: ['worse each time'] },
  'col.depth': { caught: ['mirror of a mirror'] },
  'drf.psi': { caught: ['drifted month'] },
  'drf.w1': { caught: ['drifted month'] },
  'drf.domain': { caught: ['drifted month'] },
  'drf.stale': { warned: ['drifted month'] },
  'drf.repro': { caught: ['another mirror'] },
  'gov.holdout': { caught: ['holdout learnt'] },
  'gov.chain': { caught: ['log edited'] },
  'gov.stale_audit': { caught: ['audits overdue'] },
};

/** Cells of a measured row that are not as expected, as `fid.ks: pass`. */
export function unexpected({ failure, cells }: Row): readonly string[] {
  return [...cells].filter(([id, cell]) => !agrees(expected[id], failure, cell)).map(([id, cell]) => `${id}: ${cell}`);
}

function agrees(audit: Expected | undefined, failure: string, cell: Cell): boolean {
  if (audit === undefined || cell === 'error') return false;
  if (audit.caught?.includes(failure)) return cell === 'fail';
  if (audit.warned?.includes(failure)) return cell === 'warn';
  return cell === 'pass' || cell === 'silent' || audit.varies?.includes(failure) === true;
}
