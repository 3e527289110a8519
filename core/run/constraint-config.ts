// Checks the SQL rules of a config against the tables that they are for, before anything is learnt.
import { type Problem, pathOf, throwProblems } from '../config/problems.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import type { Workspace } from '../connector.ts';
import { expressionColumns } from '../constraints/index.ts';
import { SynthError } from '../errors.ts';

/**
 * Rules that the database cannot parse, or that name columns which their table does not have. Rules of other kinds are checked
 * with the names of the config. Parses only: no row is read.
 * @throws SynthError `constraint.syntax`, `constraint.not-one-row`, `constraint.unknown-column`, or `config.invalid` for several
 */
export async function checkConstraintConfig(workspace: Workspace, tables: readonly ResolvedTable[]): Promise<void> {
  const problems: Problem[] = [];
  for (const { config, schema } of tables) {
    const columns = schema.columns.map(({ name }) => name);
    for (const [index, constraint] of config.constraints.entries()) {
      if (typeof constraint !== 'string') continue;
      try {
        await expressionColumns(workspace, constraint, columns);
      } catch (error) {
        if (!(error instanceof SynthError) || error.kind === 'unexpected') throw error;
        const message = [error.message, error.hint].filter((part) => part !== undefined).join(' ');
        problems.push({ code: error.code, where: pathOf('tables', config.name, 'constraints', index), message });
      }
    }
  }
  throwProblems(problems, 'synth.config.ts');
}
