/** Where the detail goes that people do not need to see. Every line may carry a run and a task. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, thrown?: unknown): void;
}
