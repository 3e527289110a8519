// Columns that look like personal data, by their names and by the form of their values, and what to put in their place.
import { sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { quoted } from '../constraints/rules.ts';
import type { ColumnType } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { type Proposal, percent } from './proposal.ts';
import type { TableView } from './sample.ts';

interface Detector {
  readonly what: string;
  readonly rule: string;
  /** Names are compared in lower case, with `_` between words. */
  readonly name: RegExp;
  /** RE2, of the whole value. Without it only the name tells. */
  readonly form?: string;
  /** The form alone is telling enough. */
  readonly sure?: boolean;
}

// The first that fits wins.
const detectors: readonly Detector[] = [
  {
    what: 'e-mail addresses',
    rule: `fake('internet.email')`,
    name: /(^|_)e?_?mail(_?address)?$/,
    form: `[^@\\s]+@[^@\\s]+\\.[a-zA-Z]{2,}`,
    sure: true,
  },
  {
    what: 'IP addresses',
    rule: `fake('internet.ip')`,
    name: /(^|_)ip(_?addr(ess)?)?$/,
    form: `\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:]+`,
    sure: true,
  },
  {
    what: 'bank accounts',
    rule: `fake('finance.iban')`,
    name: /(^|_)iban$/,
    form: `[A-Z]{2}\\d{2} ?([A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}`,
    sure: true,
  },
  {
    what: 'social security numbers',
    rule: `pattern('###-##-####')`,
    name: /(^|_)(ssn|social_security(_n(o|umber))?)$/,
    form: `\\d{3}-\\d{2}-\\d{4}`,
    sure: true,
  },
  {
    what: 'card numbers',
    rule: `fake('finance.creditCardNumber')`,
    name: /(credit_?)?card_?(no|num|number)$|(^|_)pan$/,
    form: `\\d{4}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{3,4}`,
    sure: true,
  },
  {
    what: 'phone numbers',
    rule: `fake('phone.number')`,
    name: /(^|_)(tele)?(phone|mobile|cell|fax)(_?(no|num|number))?$/,
    form: `\\+?[\\d(][\\d ().x/-]{6,20}`,
  },
  { what: 'first names', rule: `fake('person.firstName')`, name: /(^|_)(first|given|fore)_?name$/ },
  { what: 'last names', rule: `fake('person.lastName')`, name: /(^|_)(last|family|sur)_?name$/ },
  {
    what: 'names of people',
    rule: `fake('person.fullName')`,
    name: /(^|_)(full|customer|client|contact|patient|employee|user|member|holder|passenger|person)_?name$/,
  },
  { what: 'user names', rule: `fake('internet.username')`, name: /(^|_)(user_?name|login|nick_?name)$/ },
  {
    what: 'street addresses',
    rule: `fake('location.streetAddress')`,
    name: /(^|_)(street(_?address)?|address(_?line)?(_?\d)?)$/,
  },
  { what: 'post codes', rule: `fake('location.zipCode')`, name: /(^|_)(zip(_?code)?|post(al)?_?code)$/ },
  { what: 'dates of birth', rule: `fake('date.birthdate')`, name: /(^|_)(birth_?(date|day)|date_of_birth|dob)$/ },
  {
    what: 'passport or licence numbers',
    rule: `pattern('??#######')`,
    name: /(^|_)(passport|driv(er|ing)s?_?licen[cs]e)(_?(no|num|number))?$/,
  },
];

/** In tables named so, a column `name` holds people. */
const people = /(customer|client|user|person|people|patient|employee|member|contact|passenger|student|driver|staff)/i;

/** The share of values that must have the form. */
const leastShare = 0.8;

export async function proposePersonal(workspace: Workspace, view: TableView): Promise<readonly Proposal[]> {
  const proposals: Proposal[] = [];
  const keyed = new Set(view.schema.foreignKeys.flatMap((key) => key.columns));
  for (const column of view.columns) {
    if (column.present === 0 || keyed.has(column.name)) continue;
    const name = words(column.name);
    for (const detector of detectors) {
      const named =
        detector.name.test(name) ||
        (detector.what === 'names of people' && name === 'name' && people.test(view.schema.name.table));
      const dated = detector.what === 'dates of birth';
      if (!mayHold(column.type, dated)) continue;
      const share =
        detector.form === undefined || column.type.kind !== 'text'
          ? undefined
          : await formShare(workspace, view, column.name, detector.form);
      const formed = share !== undefined && share >= leastShare;
      if (!(named ? share === undefined || formed : formed && detector.sure === true)) continue;
      const reasons = [
        ...(named ? ['by its name'] : []),
        ...(formed ? [`by the form of ${percent(share)} of its values`] : []),
      ];
      proposals.push({
        kind: 'personal',
        table: view.schema.name,
        columns: [column.name],
        text: `${/^[a-zA-Z_$][\w$]*$/.test(column.name) ? column.name : quoted(column.name)}: ${detector.rule}`,
        confidence: named && formed ? 0.95 : 0.8,
        why: `It seems to hold ${detector.what}, ${reasons.join(' and ')}.`,
      });
      break;
    }
  }
  return proposals;
}

/** `firstName` and `First Name` as `first_name`. */
function words(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^\p{L}\d]+/gu, '_')
    .toLowerCase();
}

function mayHold(type: ColumnType, dated: boolean): boolean {
  return dated ? type.kind === 'date' || type.kind === 'timestamp' : type.kind === 'text';
}

async function formShare(workspace: Workspace, view: TableView, column: string, form: string): Promise<number> {
  const { rows } = await sql<{
    share: number | null;
  }>`select avg(cast(regexp_full_match(trim(v), ${form}) as integer)) as share
    from (select cast(${columnRef(column)} as varchar) as v from ${relationRef(view.sample)}
      where ${columnRef(column)} is not null limit 2000) as present`.execute(workspace.db);
  return Number(rows[0]?.share ?? 0);
}
