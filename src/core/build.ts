/** Put in its place when Sluice is bundled: tells one state of its sources from another. */
declare const SLUICE_BUILD: string | undefined;

/** `undefined`: nobody knows, as where the sources run as they are or change while they run. */
export const BUILD: string | undefined =
  typeof SLUICE_BUILD === 'string' && SLUICE_BUILD !== '' ? SLUICE_BUILD : undefined;
