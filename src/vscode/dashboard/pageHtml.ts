/** What the page's frame is made of; all but the nonce are from VS Code. */
export interface PageParts {
  /** Base64, new for each page. */
  readonly nonce: string;
  /** Where VS Code serves the extension's files from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

/** The page before it has anything to show. It loads one script and one style sheet, and nothing else. */
export function dashboardHtml({ nonce, cspSource, script, style }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${escapeHtml(style)}" />
    <title>Sluice Dashboard</title>
  </head>
  <body>
    <script nonce="${escapeHtml(nonce)}" src="${escapeHtml(script)}"></script>
  </body>
</html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
