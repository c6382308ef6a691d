import path from 'node:path';
import { hostFolder } from '../../../scripts/paths.mjs';
import { colorThemes, type ColorTheme } from '../../host/settings.ts';

/**
 * In which states are looked at: the lightest and the one with the most lines tell what is cut off or hard to read.
 * SLUICE_PICTURES=all has pictures in each.
 */
export const picturedThemes: readonly ColorTheme[] =
  process.env['SLUICE_PICTURES'] === 'all'
    ? (Object.keys(colorThemes) as ColorTheme[])
    : ['light', 'highContrast'];

/** Where a test leaves a picture for people to look at; `docs/images` is filled from here by hand. */
export function pictureFile(name: string): string {
  return path.join(hostFolder, 'ui', `${name}.png`);
}
