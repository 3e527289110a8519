// What core/run and the CLI use of the state.
export type { ChainCheck } from './chain.ts';
export {
  acquireLease,
  type Lease,
  type LeaseHolder,
  type LeaseOptions,
  type LeaseOwner,
  leaseHolder,
} from './lease.ts';
export { openState, type State } from './open.ts';
export { beginTick, endTick, lastTicks, releaseTicks, type TickRecord } from './ticks.ts';
export type {
  AuditedRun,
  NoteRecord,
  ReleaseRecord,
  RunOutcome,
  RunRecord,
  StateReader,
  StateWriter,
  TableState,
} from './types.ts';
