// What `synthouse/frames` exports: audit results as arquero tables. Apart from index.ts, so that configs load without arquero.
export { auditFrame } from './core/report/frame.ts';
