// commander asks for options that are missing before it looks at those that it does not know, so that a misspelt option would
// read as a missing one: those are refused first.
import type { Command } from 'commander';
import { nearestName } from '../core/errors.ts';

/** @param args what the command will parse; ends the program as commander does when one is an option that it lacks */
export function refuseUnknownOptions(command: Command, args: readonly string[]): void {
  const known = command.options.flatMap(({ long }) => long ?? []);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return;
    if (!arg.startsWith('--')) continue;
    const [flag = ''] = arg.split('=');
    const option = command.options.find(({ long }) => long === flag);
    // Its value may begin with a dash.
    if (option?.required === true && !arg.includes('=')) i++;
    if (option !== undefined || flag === '--help') continue;
    const near = nearestName(flag, known);
    const hint = near === undefined ? '' : `\n(Did you mean ${near}?)`;
    command.error(`error: unknown option '${flag}'${hint}`, { code: 'commander.unknownOption' });
  }
}
