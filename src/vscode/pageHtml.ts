/** What the frame of a page in the browser is made of; all but the nonce, the title and the data are from VS Code. */
export interface PageParts {
  readonly title: string;
  /** Base64, new for each page. */
  readonly nonce: string;
  /** Where VS Code serves the extension's files from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** What the page finds in its body's `dataset`. */
  readonly data?: Readonly<Record<string, string>>;
  /** Directives of the policy, beside those every page has. */
  readonly also?: readonly string[];
}

/** A page before it has anything to show. It loads one script and one style sheet, and reaches nothing else. */
export function pageHtml(parts: PageParts): string {
  const { title, nonce, cspSource, script, style, data = {}, also = [] } = parts;
  const policy = [
    `default-src 'none'`,
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    ...also,
  ].join('; ');
  const attributes = Object.entries(data).map(
    ([name, value]) => ` data-${name}="${escaped(value)}"`,
  );
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${escaped(style)}" />
    <title>${escaped(title)}</title>
  </head>
  <body${attributes.join('')}>
    <script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
  </body>
</html>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
