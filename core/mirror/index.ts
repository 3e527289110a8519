// Mirrors of families of related tables, from schemas, config and a workspace to finished staged tables.
export {
  type FamilyOptions,
  fitFamily,
  type MirrorResult,
  mirrorFamily,
  type SplitFamilyOptions,
  sampleFamily,
  splitFamily,
  tableK,
} from './family.ts';
export type { ColumnMaker, MakeColumnCall } from './made.ts';
export { type FamilyPlan, type FamilyTable, planFamily, type TablePlan, tablePlan } from './plan.ts';
export type { ForeignKeyPlan, Strategy } from './relations.ts';
export type { ColumnPlan, ColumnRole } from './roles.ts';
export { deserialiseTableFit, fitVersion, serialiseTableFit, type TableFit } from './table-fit.ts';
