import type { GraphHostMessage } from '../protocol.ts';
import { isCount, isMaybe, isRecord, isText } from '../shared/checks.ts';
import { readDetail } from './messages/detail.ts';
import { readHeads, readNodes, readPicture } from './messages/picture.ts';
import { readPlan } from './messages/plan.ts';
import { readTimeline } from './messages/timeline.ts';

/** What the extension sent; `undefined` for anything else, which is passed over. */
export function parseHostMessage(value: unknown): GraphHostMessage | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { type, number } = value;
  switch (type) {
    case 'picture': {
      const picture = readPicture(value['picture']);
      return picture === undefined || !isCount(number)
        ? undefined
        : { type: 'picture', number, picture };
    }
    case 'changes': {
      const heads = readHeads(value);
      const nodes = readNodes(value['nodes']);
      return heads === undefined || nodes === undefined || !isCount(number)
        ? undefined
        : { type: 'changes', number, run: heads.run, moment: heads.moment, nodes };
    }
    case 'detail': {
      const { task } = value;
      const detail = value['detail'] === undefined ? undefined : readDetail(value['detail']);
      const isWhole = isText(task) && (detail === undefined ? value['detail'] === undefined : true);
      return isWhole ? { type: 'detail', task, detail } : undefined;
    }
    case 'timeline': {
      const timeline =
        value['timeline'] === undefined ? undefined : readTimeline(value['timeline']);
      return timeline === undefined && value['timeline'] !== undefined
        ? undefined
        : { type: 'timeline', timeline };
    }
    case 'export': {
      const { format } = value;
      return format === 'svg' || format === 'mermaid' ? { type: 'export', format } : undefined;
    }
    case 'reveal':
      return isText(value['task']) ? { type: 'reveal', task: value['task'] } : undefined;
    case 'plan': {
      const plan = value['plan'] === undefined ? undefined : readPlan(value['plan']);
      return plan === undefined && value['plan'] !== undefined ? undefined : { type: 'plan', plan };
    }
    case 'plan-answer': {
      const { refused } = value;
      return isCount(number) && isMaybe(refused, isText)
        ? { type: 'plan-answer', number, refused }
        : undefined;
    }
    default:
      return undefined;
  }
}
