// Reads rules such as `a <= b` and `"first date" < last and last <= "end"` as orderings between columns.

export interface Ordering {
  readonly low: string;
  readonly high: string;
  readonly strict: boolean;
}

const token = /\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*)|(<=|>=|<|>))/uy;

/** The orderings that the expression is made of, or undefined when it says anything else. */
export function parseOrderings(expression: string, columns: readonly string[]): readonly Ordering[] | undefined {
  const tokens = tokenise(expression);
  if (tokens === undefined || tokens.length % 4 !== 3) return undefined;
  const orderings: Ordering[] = [];
  for (let i = 0; i < tokens.length; i += 4) {
    const [left, operator, right, and] = tokens.slice(i, i + 4);
    const low = columnOf(left, columns);
    const high = columnOf(right, columns);
    if (operator?.kind !== 'operator' || low === undefined || high === undefined || low === high) return undefined;
    if (and !== undefined && (and.kind !== 'word' || and.text.toLowerCase() !== 'and')) return undefined;
    const strict = operator.text.length === 1;
    orderings.push(operator.text.startsWith('<') ? { low, high, strict } : { low: high, high: low, strict });
  }
  return orderings;
}

interface Token {
  readonly kind: 'quoted' | 'word' | 'operator';
  readonly text: string;
}

function tokenise(expression: string): Token[] | undefined {
  const text = expression.trimEnd();
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, quoted, word, operator] = match;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
  }
  return tokens;
}

/** DuckDB finds columns whatever their case, quoted or not. */
function columnOf(found: Token | undefined, columns: readonly string[]): string | undefined {
  if (found === undefined || found.kind === 'operator') return undefined;
  if (columns.includes(found.text)) return found.text;
  return columns.find((name) => name.toLowerCase() === found.text.toLowerCase());
}
