import type { SessionConfigOption } from '@agentclientprotocol/sdk';
import type { PermissionMode } from '../../domain/terms.ts';

/** Something a session lets its client choose. */
export interface Choice {
  readonly value: string;
  readonly name: string;
}

/** A list to choose one of. */
export interface Selection {
  readonly id: string;
  readonly current: string;
  readonly choices: readonly Choice[];
}

/** The option of that category; `undefined`: there is none, or it is no list. */
export function selectionOf(
  options: readonly SessionConfigOption[],
  category: 'model' | 'mode',
): Selection | undefined {
  const option = options.find(
    (each) => each.type === 'select' && (each.category ?? each.id) === category,
  );
  if (option?.type !== 'select') {
    return undefined;
  }
  const choices = option.options.flatMap((each) => ('group' in each ? each.options : [each]));
  return { id: option.id, current: option.currentValue, choices };
}

/**
 * The choice that is meant by a name: its value or its name as it stands, then without regard to case, then without
 * the provider before a slash.
 */
export function choiceNamed(choices: readonly Choice[], wanted: string): Choice | undefined {
  const folded = wanted.toLowerCase();
  const bare = folded.slice(folded.indexOf('/') + 1);
  return (
    choices.find(({ value, name }) => value === wanted || name === wanted) ??
    choices.find((choice) => spellings(choice).includes(folded)) ??
    choices.find((choice) => spellings(choice).includes(bare))
  );
}

function spellings({ value, name }: Choice): readonly string[] {
  return [value.toLowerCase(), name.toLowerCase()];
}

/** What agents call the modes they are put into, folded to letters. */
const PLANNING = ['plan', 'planmode', 'readonly'];
const ASKING = ['default', 'ask', 'manual', 'alwaysask'];

/**
 * The agent's mode for one of ours. Outside of `plan` it is to ask: Sluice answers by its own mode, so that each use is
 * in the journal and no path is changed that must not be. `undefined`: it is left as it is.
 */
export function choiceOfMode(choices: readonly Choice[], mode: PermissionMode): Choice | undefined {
  for (const wanted of mode === 'plan' ? PLANNING : ASKING) {
    const found = choices.find((choice) =>
      spellings(choice).some((spelling) => spelling.replace(/[^a-z]/g, '') === wanted),
    );
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
