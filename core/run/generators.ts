// Finds a generator by the name and the options that a user typed on a command line.
import * as builtin from '../../generators/index.ts';
import { nearestName, SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';

const makers: ReadonlyMap<string, () => GeneratorChoice> = new Map(Object.entries(builtin));

/** @throws SynthError `generator.unknown`, `generator.option` */
export function chooseGenerator(name: string, set: Readonly<Record<string, string>>): GeneratorChoice {
  const make = makers.get(name);
  if (make === undefined) {
    const near = nearestName(name, makers.keys());
    throw new SynthError('generator.unknown', `There is no generator "${name}".`, {
      hint: near === undefined ? `Generators: ${[...makers.keys()].join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  const choice = make();
  const options = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, plain(value)]));
  const checked = choice.generator.options.safeParse({ ...choice.options, ...options });
  if (!checked.success) {
    const issue = checked.error.issues[0];
    if (issue?.code === 'unrecognized_keys') throw unknownOption(name, issue.keys[0] ?? '', choice);
    const where = issue?.path.join('.') ?? '';
    throw new SynthError(
      'generator.option',
      `${name}: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'wrong option'}.`,
      {
        hint: `Check --set; docs/generators.md lists the options of ${name}.`,
      },
    );
  }
  return { ...choice, options: checked.data as Readonly<Record<string, unknown>> };
}

function unknownOption(name: string, option: string, { generator }: GeneratorChoice): SynthError {
  const known = 'shape' in generator.options ? Object.keys(generator.options.shape as object) : [];
  const near = nearestName(option, known);
  return new SynthError('generator.option', `${name} has no option "${option}".`, {
    hint: near === undefined ? `It has: ${known.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

/** Numbers, true and false as such; everything else is text. */
function plain(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
