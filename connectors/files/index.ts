// Tables in files, name by name.
export { checkExport, exportTable } from './export.ts';
export { openTableFile, parseLocation, type TableLocation } from './location.ts';
export { type FilesOptions, files } from './source.ts';
