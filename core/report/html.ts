// HTML that is safe by construction: whatever goes into an `html` template is escaped, unless it is HTML already.

/** A piece of finished HTML. */
export interface Html {
  readonly html: string;
}

export type Content = Html | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text without what UTF-8 or HTML cannot hold: lone surrogates and control characters become U+FFFD. */
export function cleanText(text: string): string {
  return (
    Buffer.from(text)
      .toString()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  );
}

/** Text as HTML or XML, also inside quoted attributes. */
export function escapeHtml(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return 'html' in content ? content.html : content.map(render).join('');
}

/** `` html`<td>${value}</td>` ``: strings are escaped, arrays joined, undefined left out. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return { html: strings.reduce((all, part, index) => all + render(contents[index - 1]) + part) };
}

/** Marks a string as HTML. Only for markup that this project made. */
export function trusted(markup: string): Html {
  return { html: markup };
}
