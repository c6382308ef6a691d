import type { GraphPageMessage } from '../../webview/protocol.ts';

/** What the page sent, or nothing when it is not one of its messages. */
export function parsePageMessage(raw: unknown): GraphPageMessage | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) {
    return undefined;
  }
  if (raw.type === 'ready' || raw.type === 'pause' || raw.type === 'resume') {
    return { type: raw.type };
  }
  if (!('task' in raw) || typeof raw.task !== 'string') {
    return undefined;
  }
  const { task } = raw;
  if (raw.type === 'open' || raw.type === 'reply') {
    return { type: raw.type, task };
  }
  if (
    raw.type === 'answer' &&
    'decision' in raw &&
    (raw.decision === 'approved' || raw.decision === 'rejected')
  ) {
    return { type: 'answer', task, decision: raw.decision };
  }
  return undefined;
}
