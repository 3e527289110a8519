// Says before training when a network would not fit into memory.
import { freemem } from 'node:os';
import { SynthError } from '../../core/errors.ts';

/** Copies of the weights that training holds: two states of four, the gradient, and the copies on the way. */
const weightCopies = 14;
/** Arrays as large as an activation that one step holds: the value, its gradient and what is between. */
const activationCopies = 8;

/**
 * @param weights how many numbers are trained
 * @param activations how many numbers one row makes on its way through the network
 * @throws SynthError `fit.memory`
 */
export function checkMemory(weights: number, activations: number, batch: number, table: string): void {
  const bytes = 4 * (weights * weightCopies + activations * batch * activationCopies);
  // A container may have less than the machine.
  const free = Math.min(freemem(), process.availableMemory());
  if (bytes <= free * 0.9) return;
  const gib = (amount: number): string => `${(amount / 2 ** 30).toFixed(1)} GiB`;
  throw new SynthError('fit.memory', `A network for ${table} needs about ${gib(bytes)}, and ${gib(free)} are free.`, {
    hint: 'Lower batch, bins or width, leave out columns, or use the generator boosted().',
  });
}
