// A line of named figures: `rows 32,561 · fit 2.1 s`.

export function formatFigures(figures: readonly (readonly [name: string, value: string])[]): string {
  return figures.map(([name, value]) => `${name} ${value}`).join(' · ');
}
