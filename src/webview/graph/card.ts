import type { GraphNode } from '../../core/projections/graphPicture.ts';
import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { stateIcon } from './icons.ts';
import {
  accessibleName,
  detailAfter,
  formatElapsed,
  formatUntil,
  needsText,
  partsThatFit,
  standingOf,
  stateLabel,
  untilClock,
  type Standing,
} from './labels.ts';
import type { Box } from './layout.ts';

export type GateDecision = 'approved' | 'rejected' | 'changes-requested';

export interface CardActions {
  /** Shows it in the panel beside the graph. */
  select(task: string): void;
  open(task: string): void;
  answer(task: string, decision: GateDecision): void;
  reply(task: string): void;
}

/** Characters of a state's word and what stands behind it that fit beside each other on a card. */
const ONE_LINE = 25;

/** On the cards of the longest way, beside their heavier edges. */
export const CRITICAL_SIGN = 'Critical';
export const ON_LONGEST_WAY = 'on the critical path: the run cannot end before it does';

/** What the stage asks of a card, whether it is one task's or that of many. */
export interface ItemCard {
  readonly element: HTMLElement;
  readonly opener: HTMLButtonElement;
  place(box: Box): void;
  tick(now: number): void;
}

/** Characters of a name that fit on a card seen from further away. */
const WORDY = 11;

/** Hidden descriptions are found by id; steps may be named anything, so cards are counted. */
let cards = 0;

/**
 * One task on the page: an item of the list of cards, holding a button that selects the task (twice: opens it) and, at
 * a gate that waits, those that answer it, at an agent that asks, the one that leads to its question. The item is kept
 * for as long as its task is in sight, or has the focus.
 */
export class Card implements ItemCard {
  readonly element: HTMLLIElement;
  readonly opener: HTMLButtonElement;
  readonly #name = element('span', 'name');
  readonly #chip = element('span', 'chip');
  readonly #subtitle = element('div', 'subtitle');
  readonly #word = element('span', 'word');
  readonly #detail = element('span', 'detail');
  readonly #needs = element('span', 'unseen');
  readonly #face: HTMLElement;
  readonly #answers: HTMLElement;
  readonly #changes: HTMLButtonElement;
  #icon: SVGSVGElement | undefined;
  #iconOf = '';
  #showsCause = false;
  /** What the pre-flight of a workflow that has not run wants looked at. */
  #finding: Finding | undefined;
  #node: GraphNode;

  constructor(node: GraphNode, actions: CardActions) {
    this.#node = node;
    const { id } = node;
    const text = element(
      'div',
      'text',
      element('div', 'title', this.#name, this.#chip),
      this.#subtitle,
      element('div', 'status', this.#word, this.#detail),
    );
    // For eyes; the button that lies over it has all of it as its name.
    this.#face = element('div', 'face', text);
    setAttribute(this.#face, 'aria-hidden', 'true');
    this.opener = button('open', '', id, () => actions.select(id));
    this.opener.addEventListener('dblclick', () => actions.open(id));
    this.opener.addEventListener('keydown', (event) => {
      // A space is a click; Enter does what two of them do.
      if (event.key === 'Enter' && !event.repeat) {
        event.preventDefault();
        actions.open(id);
      }
    });
    this.opener.tabIndex = -1;
    cards += 1;
    this.#needs.id = `needs-${cards}`;
    setAttribute(this.opener, 'aria-describedby', this.#needs.id);
    this.#changes = button('secondary', 'Changes…', `Request changes: ${id}`, () =>
      actions.answer(id, 'changes-requested'),
    );
    this.#answers =
      node.kind === 'gate'
        ? element(
            'div',
            'answers',
            button('primary', 'Approve', `Approve ${id}`, () => actions.answer(id, 'approved')),
            this.#changes,
            button('secondary', 'Reject', `Reject ${id}`, () => actions.answer(id, 'rejected')),
          )
        : element(
            'div',
            'answers',
            button('primary', 'Answer…', `Answer ${id}`, () => actions.reply(id)),
          );
    this.element = element('li', 'card', this.#face, this.opener, this.#needs);
    this.element.dataset['item'] = id;
    setAttribute(this.element, 'data-wordy', id.length > WORDY ? '' : undefined);
  }

  get node(): GraphNode {
    return this.#node;
  }

  /**
   * @param ran false: the workflow as written, whose steps have no state to tell
   * @param marksCritical some tasks are not on the longest way, so that it says something to be on it
   */
  update(node: GraphNode, ran: boolean, marksCritical: boolean, now: number): void {
    this.#node = node;
    const { kind, id, verbs } = node;
    // Nobody may be there to make it again.
    this.#changes.hidden = !verbs.includes('redo');
    const standing = standingOf(node);
    setAttribute(this.element, 'data-kind', kind);
    setAttribute(this.element, 'data-state', ran ? standing : 'unrun');
    setAttribute(this.element, 'data-vscode-context', ran ? menuContext(id, verbs) : undefined);
    this.#setIcon(kind, standing);

    const finding = ran ? undefined : findingOf(node);
    this.#finding = finding;
    setAttribute(this.element, 'data-finding', finding === undefined ? undefined : '');
    const label = ran
      ? stateLabel(kind, standing)
      : (finding?.word ?? (kind === 'gate' ? 'Gate' : ''));
    const waits = kind === 'gate' && node.state === 'waiting';
    setAttribute(this.element, 'data-fix', node.mends === undefined ? undefined : '');
    setText(this.#name, node.mends?.label ?? id);
    this.#showsCause = ran && showsCause(node, standing);
    // The agent's name gives way to what made it run again; tooltip and name of the card have both.
    setText(this.#subtitle, this.#showsCause ? node.cause : node.subtitle);
    setAttribute(this.element, 'data-cause', this.#showsCause ? '' : undefined);
    const isCritical = marksCritical && node.isCritical;
    setAttribute(this.element, 'data-critical', isCritical ? '' : undefined);
    setText(this.#chip, waits ? 'Waiting' : isCritical ? CRITICAL_SIGN : '');
    setAttribute(this.#chip, 'class', waits ? 'chip' : 'chip critical');
    setText(this.#word, waits ? '' : label);
    this.#setAnswers(waits || node.state === 'asking');

    setText(this.#needs, relationText(node));
    const name = accessibleName(node, ran);
    setAttribute(this.opener, 'aria-label', isCritical ? `${name}, ${ON_LONGEST_WAY}` : name);
    const told = this.tick(now);
    const status =
      finding === undefined ? [label, told].filter((part) => part !== '').join(': ') : '';
    // The reason of what was reused says that it was.
    const isTold = standing === 'reused' && node.reason !== '';
    const way = isCritical ? `${ON_LONGEST_WAY}.` : '';
    const lines = [
      id,
      node.mends === undefined ? '' : relationText(node),
      node.subtitle,
      isTold ? '' : status,
      node.reason,
      way,
    ];
    setAttribute(this.opener, 'title', lines.filter((line) => line !== '').join('\n'));
  }

  /** Counts the time on. Returns what there is to tell, of which the card shows what it has room for. */
  tick(now: number): string {
    if (this.#finding !== undefined) {
      return this.#tell(this.#finding.word, this.#finding.text, false);
    }
    const { runningSince, triesAgainAt, goesOnAt, detail, live, kind } = this.#node;
    const time =
      runningSince !== undefined
        ? formatElapsed(now - runningSince)
        : triesAgainAt !== undefined
          ? formatUntil(triesAgainAt - now)
          : '';
    const standing = standingOf(this.#node);
    const label = stateLabel(kind, standing);
    const story = detailAfter(label, detail);
    const whole = [time, goesOnAt === undefined ? story : `${story} ${untilClock(goesOnAt)}`, live]
      .filter((part) => part !== '')
      .join(' · ');
    return this.#tell(label, whole, standing === 'reused' || this.#showsCause);
  }

  /** @param isShort it must do with one line */
  #tell(label: string, whole: string, isShort: boolean): string {
    const told = isShort ? partsThatFit(whole, ONE_LINE - label.length) : whole;
    setText(this.#detail, told);
    const isLong = !isShort && label.length + told.length > ONE_LINE;
    setAttribute(this.element, 'data-long', isLong ? '' : undefined);
    return whole;
  }

  place(box: Box): void {
    placeElement(this.element, box);
  }

  #setIcon(kind: GraphNode['kind'], standing: Standing): void {
    const wanted = `${kind} ${standing}`;
    if (wanted !== this.#iconOf) {
      this.#iconOf = wanted;
      this.#icon?.remove();
      this.#icon = stateIcon(kind, standing);
      this.#face.prepend(this.#icon);
    }
  }

  #setAnswers(shown: boolean): void {
    if (shown && !this.#answers.isConnected) {
      this.opener.after(this.#answers);
    } else if (!shown && this.#answers.isConnected) {
      const hadFocus = this.#answers.contains(document.activeElement);
      this.#answers.remove();
      if (hadFocus) {
        this.opener.focus({ preventScroll: true });
      }
    }
  }
}

export function placeElement({ style }: HTMLElement, box: Box): void {
  style.transform = `translate(${box.x}px, ${box.y}px)`;
  style.width = `${box.width}px`;
  style.height = `${box.height}px`;
}

/** Of a fix, what it mends; else what it needs. */
export function relationText({ needs, mends }: GraphNode): string {
  if (mends === undefined) {
    return needsText(needs) || 'Needs no other step.';
  }
  const { task, parent } = mends;
  return parent === undefined || parent === task
    ? `Mends ${task}.`
    : `Mends ${task}, going on from ${parent}.`;
}

interface Finding {
  /** `Cannot run`, `Look at this` */
  readonly word: string;
  readonly text: string;
}

/** Of a step that has not run; its reason is what has to be looked at before. */
function findingOf({ reason }: GraphNode): Finding | undefined {
  const at = reason.indexOf(': ');
  return at === -1 ? undefined : { word: reason.slice(0, at), text: reason.slice(at + 2) };
}

/** A failure, and what it asks, are more to people than why it ran. */
function showsCause({ cause }: GraphNode, standing: Standing): boolean {
  return cause !== '' && (standing === 'running' || standing === 'succeeded');
}

/** What VS Code's context menu on a card goes by; the page's own context says which run it is. */
function menuContext(task: string, verbs: readonly string[]): string {
  return JSON.stringify({ webviewSection: 'task', task, taskVerbs: verbs.join(' ') });
}
