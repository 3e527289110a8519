// Which columns hold groups of people that laws protect, by their names.

/** One word, or words that follow each other, in the singular. */
const protectedWords: readonly string[] = [
  ...['age', 'age group', 'age band', 'age range', 'age class', 'age bracket', 'age category', 'altersgruppe'],
  ...['sex', 'gender', 'gender identity', 'geschlecht', 'sexual orientation', 'sexuality', 'orientation'],
  ...['race', 'racial', 'ethnic', 'ethnicity', 'ethnic group', 'ethnic origin', 'tribe', 'caste', 'indigenous'],
  ...[
    'origin',
    'national origin',
    'country of origin',
    'native country',
    'birth country',
    'country of birth',
    'birthplace',
  ],
  ...['nationality', 'citizenship', 'immigrant', 'migrant', 'immigration status', 'herkunft', 'staatsangehörigkeit'],
  ...['religion', 'religious', 'faith', 'denomination', 'creed', 'konfession'],
  ...['disability', 'disabled', 'handicap', 'handicapped', 'impairment', 'behinderung', 'pregnant', 'pregnancy'],
  ...['marital', 'marital status', 'marriage status', 'married', 'civil status', 'familienstand', 'veteran'],
];

/** What a name ends with that tells of events and figures, as race_time and gender_count do. */
const measures: ReadonlySet<string> = new Set([
  ...['id', 'count', 'number', 'time', 'date', 'rate', 'score', 'share', 'percent', 'pct', 'total'],
]);

/** Where a journey ends: beside it, `origin` is where it begins. */
const destinations: ReadonlySet<string> = new Set(['dest', 'destination', 'target', 'arrival', 'drop', 'dropoff']);

const phrases: readonly (readonly string[])[] = protectedWords.map((phrase) => phrase.split(' '));
const joined: ReadonlySet<string> = new Set(phrases.map((words) => words.join('')));

/**
 * The names that say so, in the order given: whole words in any case, in the plural, between underscores, blanks or digits, or
 * written as one (`maritalStatus`, `AGE_GROUPS`, `race1`, `agegroup`). A lonely `origin` in a table with a destination is none.
 */
export function groupNames(names: readonly string[]): readonly string[] {
  const isJourney = names.some((name) => wordsOf(name).some((word) => destinations.has(word)));
  return names.filter((name) => {
    const words = wordsOf(name);
    if (measures.has(words.at(-1) ?? '') || !isProtected(words)) return false;
    return !isJourney || !words.includes('origin') || isProtected(words.filter((word) => word !== 'origin'));
  });
}

function isProtected(words: readonly string[]): boolean {
  if (joined.has(words.join(''))) return true;
  return phrases.some((phrase) => words.some((_, from) => phrase.every((word, i) => words[from + i] === word)));
}

/** In lower case and in the singular. */
function wordsOf(name: string): readonly string[] {
  const parted = name
    .normalize('NFC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return (parted.toLowerCase().match(/\p{L}+/gu) ?? []).map(singular);
}

function singular(word: string): string {
  if (/ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(x|ch|sh|ss)es$/.test(word)) return word.replace(/es$/, '');
  return /[^sui]s$/.test(word) ? word.replace(/s$/, '') : word;
}
