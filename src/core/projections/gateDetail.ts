import { plainText } from '../base/text.ts';
import type { DetailGate } from './detailPicture.ts';
import { costLine } from './gateCost.ts';
import { evidenceTexts, makerLines } from './gateEvidence.ts';
import type { GatePage } from './gatePage.ts';

/** What only whoever sees all runs, and looks at branches, can tell of a gate. */
export interface GateSurroundings {
  /** As a sentence; `undefined`: not known, or nothing is to be merged. */
  readonly forecast: string | undefined;
  /** Other gates that wait and ask about the same content. */
  readonly identical: number;
}

/** What the panel beside the graph shows of a gate that waits: the page of the gate, in short. */
export function gateDetail(
  { gate, lapsed, made, cost }: GatePage,
  { forecast, identical }: GateSurroundings,
): DetailGate {
  return {
    ask: plainText(gate.ask),
    ...(gate.stuck === undefined ? {} : { isMarkdown: true }),
    choices: gate.choices.map(plainText),
    takesText: gate.takesText,
    digest: gate.digest,
    makers: makerLines(made),
    evidence: evidenceTexts(made),
    forecast,
    cost: costLine(cost),
    lapsed,
    identical,
    takesChanges: gate.makers.length > 0,
  };
}
