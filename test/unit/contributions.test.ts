import assert from 'node:assert/strict';
import fs from 'node:fs';
import { COMMANDS, GRAPH_PANEL, OWN_VERSIONS, settings, VIEWS } from '../../src/vscode/ids.ts';
import type { RunOffer, TaskOffer } from '../../src/vscode/offers.ts';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      command: string;
      title: string;
      category: string;
      icon?: string;
    }[];
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          { default: unknown; scope: string; description?: string; markdownDescription?: string }
        >
      >;
    };
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
  };
}

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

describe('package.json', () => {
  const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8')) as Manifest;
  const { commands, views, configuration, menus } = manifest.contributes;

  it('contributes exactly the commands that are handled, each with a title and a category', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), [...COMMANDS].sort());
    for (const { title, category } of commands) {
      assert.notEqual(title, '');
      assert.equal(category, 'Sluice');
    }
  });

  it('contributes exactly the views that are filled', () => {
    assert.deepEqual(
      views['sluice']?.map(({ id }) => id),
      [...VIEWS],
    );
  });

  it('contributes exactly the settings that are read, with the same defaults and a description', () => {
    const declared = Object.entries(configuration.properties);
    assert.deepEqual(
      declared.map(([key, { default: value }]) => [key, value]),
      Object.entries(settings).map(([key, { default: value }]) => [`sluice.${key}`, value]),
    );
    for (const [key, { description, markdownDescription }] of declared) {
      assert.ok(description ?? markdownDescription, `${key} has no description`);
    }
  });

  it('names only its own commands in menus, and gives inline ones an icon', () => {
    const known = new Map(commands.map((command) => [command.command, command]));
    for (const [menu, entries] of Object.entries(menus)) {
      for (const { command, group } of entries) {
        assert.ok(known.has(command), `${menu} names ${command}`);
        assert.ok(
          group?.startsWith('inline') !== true || known.get(command)?.icon !== undefined,
          `${command} is inline and has no icon`,
        );
      }
    }
  });

  it('shows on rows and cards exactly what can be asked of them', () => {
    for (const [command, offers] of Object.entries(RUN_MENU)) {
      assert.deepEqual(
        offeredBy(command, (word) => `run running ${word}`, 'runVerbs'),
        [offers, offers],
      );
    }
    for (const [command, offers] of Object.entries(TASK_MENU)) {
      assert.deepEqual(
        offeredBy(command, (word) => `task.failed ${word}`, 'taskVerbs'),
        [offers, offers],
      );
    }
  });

  it('shows changes on the rows of runs, tasks and gates that have some, and on their cards', () => {
    const offered = (row: string, menu = 'view/item/context', key = 'viewItem') =>
      menus[menu]?.some(
        ({ command, when, group }) =>
          command === 'sluice.showChanges' &&
          group?.startsWith('1_show') === true &&
          matches(when, row, key),
      );
    assert.ok(offered('run succeeded changes'));
    assert.ok(offered('task.succeeded rerun changes'));
    assert.ok(offered('gate.waiting changes forecast'));
    assert.ok(!offered('task.running stop change-model'));
    assert.ok(!offered('gate.waiting'));
    assert.ok(offered('rerun changes', 'webview/context', 'taskVerbs'));
    assert.ok(offered('changes drop', 'webview/context', 'runVerbs'));
  });

  it('takes no state for an offer, and no offer for another', () => {
    const states = ['run paused cancel', 'run pausing', 'task.skipped rerun', 'task.pending hold'];
    const shown = states.map((row) =>
      menus['view/item/context']
        ?.filter(({ when, group }) => group?.startsWith('2_') === true && matches(when, row))
        .map(({ command }) => command),
    );
    assert.deepEqual(shown, [['sluice.cancelRun'], [], [], ['sluice.holdTask']]);
  });

  it('has buttons on the rows of what needs somebody', () => {
    const buttons = (row: string) =>
      menus['view/item/context']
        ?.filter(({ when, group }) => group?.startsWith('inline') === true && matches(when, row))
        .map(({ command }) => command.replace('sluice.', ''));
    assert.deepEqual(buttons('task.unknown rerun accept skip prompt command'), [
      ...['acceptTask', 'rerunTask', 'skipTask'],
    ]);
    assert.deepEqual(buttons('task.failed rerun skip prompt command'), ['rerunTask', 'skipTask']);
    assert.deepEqual(buttons('task.running stop hold steer command'), ['stopTask']);
    assert.deepEqual(buttons('task.running answer stop hold change-model command'), [
      ...['answerQuestion', 'stopTask'],
    ]);
    assert.deepEqual(buttons('task.pending release skip'), ['releaseTask']);
    assert.deepEqual(buttons('question.permission'), ['showQuestion', 'answerQuestion']);
    assert.deepEqual(buttons('task.succeeded rerun rerun-without-cache prompt command'), []);
    assert.deepEqual(buttons('task.succeeded rerun rerun-without-cache similar prompt'), [
      'askAnew',
    ]);
    assert.deepEqual(buttons('gate.waiting'), ['approveGate', 'rejectGate', 'showGate']);
    assert.deepEqual(buttons('run paused unpause cancel'), [
      ...['showGraph', 'resumeRun', 'cancelRun'],
    ]);
    assert.deepEqual(buttons('run succeeded'), ['showGraph']);
    assert.deepEqual(buttons('run succeeded changes forecast merge drop'), [
      ...['showGraph', 'showChanges', 'mergeApproved'],
    ]);
    assert.deepEqual(buttons('conflict.binary open'), ['takeOurs', 'takeTheirs', 'showVersions']);
    assert.deepEqual(buttons('conflict.content open own'), [
      ...['takeOurs', 'takeTheirs', 'showVersions', 'editOwnVersion'],
    ]);
  });

  it('takes what leads to keys and money from the user alone, never from a folder', () => {
    const scopes = Object.entries(configuration.properties).flatMap(([key, { scope }]) =>
      key.startsWith('sluice.models.') ? [scope] : [],
    );
    assert.deepEqual(new Set(scopes), new Set(['machine']));
  });

  it('lets no folder that nobody trusts say what is kept, written and copied', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const theirs = Object.keys(configuration.properties).filter((key) =>
      /^sluice\.(?:base$|cache\.|checkout\.|copies\.|git\.)/.test(key),
    );
    assert.deepEqual([...restrictedConfigurations].sort(), theirs.sort());
  });

  it("knows the files of versions of people's own by the folder they are in", () => {
    const [title] = menus['editor/title'] ?? [];
    assert.equal(title?.when, `resourcePath =~ /${OWN_VERSIONS}/`);
  });

  it('wakes the extension for its views, its files and its restored panels only', () => {
    for (const event of manifest.activationEvents) {
      assert.match(event, /^(onView:sluice\.|workspaceContains:|onWebviewPanel:)/);
    }
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${GRAPH_PANEL}`));
  });

  /** The words that bring a command into the context menu of a row, and into that of a card or the graph. */
  function offeredBy(
    command: string,
    row: (word: string) => string,
    key: 'runVerbs' | 'taskVerbs',
  ): string[][] {
    const words = [...new Set([...Object.values(RUN_MENU), ...Object.values(TASK_MENU)].flat())];
    const whenIn = (menu: string) =>
      menus[menu]?.find(
        (entry) => entry.command === command && entry.group?.startsWith('inline') !== true,
      )?.when;
    return [
      words.filter((word) => matches(whenIn('view/item/context'), row(word))),
      words.filter((word) => matches(whenIn('webview/context'), `${word} other`, key)),
    ].map((found) => found.sort());
  }
});

const RUN_MENU: Readonly<Record<string, readonly RunOffer[]>> = {
  'sluice.pauseRun': ['pause'],
  'sluice.interruptRun': ['pause'],
  'sluice.resumeRun': ['resume', 'unpause'],
  'sluice.takeOverRun': ['takeOver'],
  'sluice.cancelRun': ['cancel'],
  'sluice.showForecast': ['forecast'],
  'sluice.mergeApproved': ['merge'],
  'sluice.dropRun': ['drop'],
};

const TASK_MENU: Readonly<Record<string, readonly TaskOffer[]>> = {
  'sluice.stopTask': ['stop'],
  'sluice.holdTask': ['hold'],
  'sluice.releaseTask': ['release'],
  'sluice.acceptTask': ['accept'],
  'sluice.skipTask': ['skip'],
  'sluice.rerunTask': ['rerun'],
  'sluice.rerunTaskWithoutCache': ['rerun-without-cache'],
  'sluice.rerunTaskWithPrompt': ['prompt'],
  'sluice.rerunTaskWithModel': ['otherModel'],
  'sluice.answerQuestion': ['answer'],
  'sluice.changeModel': ['change-model'],
  'sluice.changePermissions': ['change-permissions'],
  'sluice.steerTask': ['steer'],
  'sluice.runCommandInCopy': ['command'],
  'sluice.rollBackTask': ['rollBack'],
};

/** Whether what a `when` clause asks of one key holds for its value. */
function matches(when: string | undefined, value: string, key = 'viewItem'): boolean {
  const pattern = new RegExp(`${key} =~ /(.*)/$`).exec(when ?? '')?.[1];
  return pattern !== undefined && new RegExp(pattern).test(value);
}
