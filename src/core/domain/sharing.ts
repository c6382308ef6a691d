// One call for all who ask the same.

export interface SharedQuestion {
  readonly namespace: string;
  /** Tells this kind of question from all others. */
  readonly facts: string;
  /** May be long. */
  readonly text: string;
  /** Whom it is counted to. */
  readonly agent: string | undefined;
}

/** Answers as texts, kept in their namespace for its time. */
export interface SharedAnswers {
  /**
   * The kept answer, or the one of the same question under way, or else what `load` gives. A caller whose signal aborts
   * is rejected with its reason and takes nothing from the others: the call goes on while anybody waits for it, and its
   * own signal aborts when nobody does. A call that fails fails for who began it; the next who waits makes it anew.
   * @param load `keep: false`: told to who asked, not kept, and not given to others
   */
  share(
    question: SharedQuestion,
    load: (signal: AbortSignal) => Promise<{ readonly text: string; readonly keep: boolean }>,
    signal: AbortSignal,
  ): Promise<string>;
}
