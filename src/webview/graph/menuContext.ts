import type { GraphPicture } from '../../core/projections/graphPicture.ts';

/** What VS Code's context menu goes by; a card adds its own. @param subject what the page shows, in the extension's words */
export function menuContext(
  subject: Readonly<Record<string, unknown>>,
  { run }: GraphPicture,
): string {
  return JSON.stringify({
    ...subject,
    webviewSection: run === undefined ? 'workflow' : 'run',
    runVerbs: run?.verbs.join(' ') ?? '',
    preventDefaultContextMenuItems: true,
  });
}
