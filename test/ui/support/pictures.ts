import path from 'node:path';
import { hostFolder } from '../../../scripts/paths.mjs';

/** Where a test leaves a picture for people to look at; `docs/images` is filled from here by hand. */
export function pictureFile(name: string): string {
  return path.join(hostFolder, 'ui', `${name}.png`);
}
