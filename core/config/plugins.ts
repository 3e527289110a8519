// Checks what connectors and generators a config names.
import type { Connector } from '../connector.ts';
import type { GeneratorChoice } from '../generator.ts';
import type { LoadedContest } from './loaded.ts';
import { asRecord, fieldOf } from './objects.ts';
import { type Problem, pathOf, reportIssues, suggestion } from './problems.ts';
import { connectorSchema, generatorChoiceSchema } from './schema/index.ts';

export function checkConnector(value: unknown, where: string, problems: Problem[]): Connector | undefined {
  if (connectorSchema.safeParse(value).success) return value as Connector;
  const message = value === undefined ? 'This key is missing.' : 'This is not a connector.';
  problems.push({
    code: 'config.invalid-value',
    where,
    message: `${message} Write one as \`${where}: duckdb({ path: '${where === 'source' ? 'warehouse' : 'mirrors'}.duckdb' })\`.`,
  });
  return undefined;
}

export function checkGenerator(value: unknown, where: string, problems: Problem[]): GeneratorChoice | undefined {
  if (!generatorChoiceSchema.safeParse(value).success) {
    const hint =
      typeof value === 'function' ? 'Call it, as boosted().' : 'Use boosted(), reference() or another generator.';
    const what = value === undefined ? 'No generator is named.' : 'This is not a generator.';
    problems.push({ code: 'config.invalid-value', where, message: `${what} ${hint}` });
    return undefined;
  }
  const choice = value as GeneratorChoice;
  const optionsPath = `${where} (options of ${choice.generator.name})`;
  const shape = fieldOf(choice.generator.options, 'shape');
  const known = Object.keys(asRecord(shape));
  const parsed = choice.generator.options.safeParse(choice.options);
  const unknown = shape === undefined ? [] : Object.keys(choice.options).filter((key) => !known.includes(key));
  for (const key of unknown) {
    problems.push({
      code: 'config.unknown-key',
      where: pathOf(optionsPath, key),
      message: `"${key}" is not an option of ${choice.generator.name}.${suggestion(key, known)}`,
    });
  }
  if (!parsed.success) {
    const others = parsed.error.issues.filter((issue) => shape === undefined || issue.code !== 'unrecognized_keys');
    reportIssues(others, known, optionsPath, problems);
    return undefined;
  }
  return Object.freeze({ ...choice, options: Object.freeze({ ...asRecord(parsed.data) }) });
}

/** Each candidate is checked as if it stood alone. */
export function checkContest(
  { options }: GeneratorChoice,
  where: string,
  problems: Problem[],
): LoadedContest | undefined {
  const { candidates, by, within } = options as {
    candidates: readonly unknown[];
    by: string;
    within: { minutes: number; privacy: 'pass' | 'ignore' };
  };
  const checked = candidates.map((candidate, i) => {
    const place = pathOf(where, 'candidates', i);
    const choice = checkGenerator(candidate, place, problems);
    if (choice === undefined || !['contest', 'reference', 'rules'].includes(choice.generator.name)) return choice;
    problems.push({
      code: 'config.invalid-value',
      where: place,
      message: `${choice.generator.name}() cannot compete.`,
    });
    return undefined;
  });
  const whole = checked.filter((choice) => choice !== undefined);
  return whole.length < checked.length ? undefined : Object.freeze({ candidates: whole, by, ...within });
}
