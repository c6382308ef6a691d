import type { Point } from './layout.ts';
import type { Scene } from './scene/scene.ts';
import type { Stage } from './stage.ts';

/** Where an item or a band that is drawn has its corner. */
export function cornerOf(stage: Stage, id: string): Point | undefined {
  return stage.boxOf(id) ?? stage.layout?.bands.find((band) => band.id === id);
}

/**
 * Where something is now, or what it became: the band of a fold that was opened, the fold of a band that was closed.
 * @param toggled the key of what was opened or closed last
 */
export function cornerAfter(
  stage: Stage,
  scene: Scene,
  id: string,
  toggled: string | undefined,
): Point | undefined {
  const became =
    scene.groups.find(({ key }) => key === toggled)?.id ??
    scene.items.find((item) => item.kind === 'fold' && item.key === toggled)?.id;
  return cornerOf(stage, id) ?? (became === undefined ? undefined : cornerOf(stage, became));
}
