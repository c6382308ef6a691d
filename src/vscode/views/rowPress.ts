/** What a view gives to whoever presses its rows. */
export interface PressedView<Command> {
  /** The command of the row that is selected; `undefined`: VS Code knows no such row, or it has none. */
  readonly selected: () => Command | undefined;
  readonly run: (command: Command) => Thenable<unknown>;
  /** Resolves a moment later. */
  readonly moment: () => Promise<unknown>;
}

/** While VS Code asks for all rows anew it knows none of them; that takes less than so many moments. */
const MOST_MOMENTS = 20;

/**
 * Does what a press on a row does.
 *
 * VS Code keeps the arguments of a row's command on its own side, whatever they are, and drops them when the row is
 * handed over anew: a press on the row as it still shows then fails. So a row's command has no arguments: who presses
 * a row has selected it, and what is selected says which it is.
 *
 * @param args whoever passes any is no row of ours: nothing is done then
 */
export async function pressRow<Command>(
  { selected, run, moment }: PressedView<Command>,
  args: readonly unknown[],
): Promise<void> {
  if (args.length > 0) {
    return;
  }
  let command = selected();
  for (let moments = 0; command === undefined && moments < MOST_MOMENTS; moments += 1) {
    await moment();
    command = selected();
  }
  if (command !== undefined) {
    await run(command);
  }
}
