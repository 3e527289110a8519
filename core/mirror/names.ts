// Names of the columns and relations that a mirror needs while it is made; none of them is left in a finished mirror.
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { ColumnSchema } from '../schema.ts';

const PREFIX = '__synth_';

/** The subject's hash, on split source tables. */
export const HASH: string = `${PREFIX}h`;
/** The row number in the mirror, on drawn relations. */
export const ROW: string = `${PREFIX}row`;
/** Row number of the owner in its mirror; NULL for rows without an owner. */
export const OWNER: string = `${PREFIX}owner`;
/** 1, 2, … among the rows of one owner. */
export const NUMBER: string = `${PREFIX}number`;
/** The place among siblings that a row is drawn at: its number, unless the table is made smaller or larger than usual. */
export const POSITION: string = `${PREFIX}position`;
/** How many rows the owner has, or usually would have. */
export const SIBLINGS: string = `${PREFIX}siblings`;
/** Row number of the elder sibling that the row was drawn after. */
export const ELDER: string = `${PREFIX}elder`;
/** Of a sequence: when its first event is, as a time or after a time of the owner. */
export const START: string = `${PREFIX}start`;
/** Of a sequence: how long after its elder sibling a row is. */
export const GAP: string = `${PREFIX}gap`;
/** How likely the values are that a row was given, up to a factor. */
export const WEIGHT: string = `${PREFIX}weight`;
/** How many children of one kind a parent has. */
export const CHILDREN: string = `${PREFIX}children`;

/** A learnt category that stands for a bucket of parents, for the `index`-th foreign key of the table. */
export const bucketColumn = (index: number): string => `${PREFIX}bucket_${index}`;
/** Row number of the linked parent, for the `index`-th foreign key of the table. */
export const linkColumn = (index: number): string => `${PREFIX}link_${index}`;
/** A learnt category that stands for one key of a reference table, for the `index`-th foreign key of the table. */
export const lookupColumn = (index: number): string => `${PREFIX}lookup_${index}`;
/** A column that the generator draws and transforms then take away, kept so that a row can be drawn again in part. */
export const modelColumn = (column: string): string => `${PREFIX}model.${column}`;
export const ownerContext = (column: string): string => `${PREFIX}owner.${column}`;
export const elderContext = (column: string): string => `${PREFIX}elder.${column}`;
export const memoryContext = (column: string): string => `${PREFIX}memory.${column}`;
export const parentColumn = (index: number, column: string): string => `${PREFIX}parent_${index}.${column}`;

/** A scratch relation of the workspace: outside the mirror's file, gone with the run. */
export function scratch(workspace: Workspace, purpose: string, table: string): Relation {
  return { catalog: workspace.scratch, schema: 'main', table: `${PREFIX}${purpose}:${table}` };
}

/** The schema of a helper column that holds whole numbers. */
export function countColumn(name: string, nullable: boolean): ColumnSchema {
  return { name, sqlType: 'BIGINT', type: { kind: 'integer', bits: 64, signed: true }, nullable };
}

/** The schema of a helper column that holds labels. */
export function labelColumn(name: string, nullable: boolean): ColumnSchema {
  return { name, sqlType: 'VARCHAR', type: { kind: 'text' }, nullable };
}
