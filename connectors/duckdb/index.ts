// The DuckDB connector, name by name.
export { type CatalogueOptions, readCatalogue } from './catalogue.ts';
export type { Answer } from './query.ts';
export { type DuckdbOptions, duckdb, requireTable } from './source.ts';
export { createStore, type StoreOptions } from './store.ts';
export { columnTypeOf, sqlTypeOf } from './types.ts';
export { type DuckdbWorkspace, openWorkspace, type WorkspaceOptions } from './workspace.ts';
