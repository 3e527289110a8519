// manifest.json: what a project consists of, as one graph of sources and mirrors. Plain data without values of rows.
import { displayName, type TableSchema } from '../schema.ts';
import type { AuditDescription } from './model.ts';
import { mirrorId } from './run-results.ts';

export const MANIFEST_SCHEMA_VERSION = 1;

/** One table of the project. */
export interface ManifestTable {
  readonly schema: TableSchema;
  readonly generator: string;
  readonly generatorVersion: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** Rows of the mirror. */
  readonly rows: number;
  /** Columns that are not learnt: how each is made. */
  readonly rules: Readonly<Record<string, string>>;
  readonly constraints: readonly string[];
  /** State of the source that the mirror was made from. */
  readonly fingerprint?: string;
}

export interface Project {
  readonly version: string;
  /** ISO 8601, given by the caller. */
  readonly generatedAt: string;
  readonly seed: number;
  /** Where real tables and mirrors are, as the user knows them; never with a secret. */
  readonly source: string;
  readonly mirrors: string;
  readonly tables: readonly ManifestTable[];
  readonly audits: readonly AuditDescription[];
}

export interface ManifestNode extends Omit<ManifestTable, 'schema'> {
  readonly uniqueId: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly sqlType: string; readonly nullable: boolean }[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly references: string;
    readonly referencedColumns: readonly string[];
  }[];
}

export interface Manifest {
  readonly schemaVersion: typeof MANIFEST_SCHEMA_VERSION;
  readonly metadata: Omit<Project, 'tables' | 'audits'>;
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly audits: readonly AuditDescription[];
  /** For each mirror the mirrors that it refers to. */
  readonly parents: Readonly<Record<string, readonly string[]>>;
}

export function manifest({ tables, audits, ...metadata }: Project): Manifest {
  const nodes = tables.map(manifestNode);
  const known = new Set(nodes.map(({ uniqueId }) => uniqueId));
  const parents = nodes.map(({ uniqueId, foreignKeys }) => {
    const ids = foreignKeys.map(({ references }) => mirrorId(references));
    return [uniqueId, [...new Set(ids)].filter((id) => id !== uniqueId && known.has(id))] as const;
  });
  return {
    schemaVersion: MANIFEST_SCHEMA_VERSION,
    metadata,
    nodes: Object.fromEntries(nodes.map((node) => [node.uniqueId, node])),
    // Audits are functions too: only what describes them is written.
    audits: audits.map(({ id, title, family, direction }) => ({ id, title, family, direction })),
    parents: Object.fromEntries(parents),
  };
}

function manifestNode({ schema, ...rest }: ManifestTable): ManifestNode {
  const table = displayName(schema.name);
  return {
    uniqueId: mirrorId(table),
    table,
    ...rest,
    columns: schema.columns.map(({ name, sqlType, nullable }) => ({ name, sqlType, nullable })),
    primaryKey: schema.primaryKey,
    foreignKeys: schema.foreignKeys.map(({ columns, references }) => ({
      columns,
      references: displayName(references.table),
      referencedColumns: references.columns,
    })),
  };
}
