import assert from 'node:assert/strict';
import fs from 'node:fs';
import { settingsPage } from '../../scripts/settings.mjs';
import {
  COMMANDS,
  DONE,
  GRAPH_PANEL,
  NO_MODELS,
  OWN_VERSIONS,
  settings,
  VIEWS,
  WALKTHROUGH,
} from '../../src/vscode/ids.ts';
import { OWN_KEYS } from '../../src/vscode/isolationRules.ts';
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
      enablement?: string;
    }[];
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly configuration: readonly {
      readonly title: string;
      readonly order: number;
      readonly properties: Readonly<Record<string, SettingEntry>>;
    }[];
    readonly viewsWelcome: readonly { view: string; contents: string; when: string }[];
    readonly keybindings: readonly { command: string; key: string; mac: string; when: string }[];
    readonly walkthroughs: readonly Walkthrough[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
  };
}

interface SettingEntry {
  readonly default: unknown;
  readonly scope: string;
  readonly order?: number;
  readonly enum?: readonly unknown[];
  readonly enumDescriptions?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Walkthrough {
  readonly id: string;
  readonly steps: readonly {
    readonly id: string;
    readonly description: string;
    readonly media: { readonly svg: string; readonly altText: string };
    readonly completionEvents: readonly string[];
  }[];
}

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

describe('package.json', () => {
  const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8')) as Manifest;
  const { commands, views, configuration, menus, viewsWelcome, keybindings, walkthroughs } =
    manifest.contributes;
  const texts = JSON.parse(fs.readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
  const properties = Object.fromEntries(
    configuration.flatMap((group) => Object.entries(group.properties)),
  );

  /** A contributed text as a window that speaks English shows it. */
  function said(text: string): string {
    const [, key] = /^%(.+)%$/.exec(text) ?? [];
    return key === undefined ? text : (texts[key] ?? '');
  }

  it('contributes exactly the commands that are handled, each with a title and a category', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), [...COMMANDS].sort());
    for (const { command, title, category } of commands) {
      assert.notEqual(said(title), '', `${command} has no title`);
      assert.equal(category, 'Sluice');
    }
  });

  it('contributes exactly the views that are filled', () => {
    assert.deepEqual(
      views['sluice']?.map(({ id }) => id),
      [...VIEWS],
    );
  });

  it('contributes exactly the settings that are read, with the same defaults', () => {
    const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) =>
      one < other ? -1 : 1;
    assert.deepEqual(
      Object.entries(properties)
        .map(([key, { default: value }]) => [key, value] as const)
        .sort(byName),
      Object.entries(settings)
        .map(([key, { default: value }]) => [`sluice.${key}`, value] as const)
        .sort(byName),
    );
  });

  it('groups settings, and gives each a scope, a place and sentences that say what it does', () => {
    assert.deepEqual(
      configuration.map(({ order }) => order),
      configuration.map(({ order }) => order).sort((a, b) => a - b),
    );
    const scopes = ['application', 'machine', 'machine-overridable', 'window', 'resource'];
    for (const group of configuration) {
      assert.notEqual(said(group.title), '');
      const settingsOfGroup = Object.entries(group.properties);
      assert.deepEqual(
        settingsOfGroup.map(([, { order }]) => order),
        settingsOfGroup.map((_, place) => place + 1),
      );
      for (const [key, setting] of settingsOfGroup) {
        const { scope, description, markdownDescription, enum: values } = setting;
        assert.ok(scopes.includes(scope), `${key} has the scope ${scope}`);
        assert.match(said(description ?? markdownDescription ?? ''), /\.$/, key);
        const each = setting.enumDescriptions ?? setting.markdownEnumDescriptions ?? [];
        assert.equal(each.length, values?.length ?? 0, `${key} says not what each value means`);
        for (const text of each) {
          assert.match(said(text), /\.$/, key);
        }
      }
    }
  });

  it('tells in docs/settings.md of each setting what package.json says of it', () => {
    assert.equal(
      fs.readFileSync('docs/settings.md', 'utf8'),
      settingsPage(configuration, said),
      'run: npm run settings',
    );
  });

  it('names only its own commands in menus, and gives those that are buttons an icon', () => {
    const known = new Map(commands.map((command) => [command.command, command]));
    for (const [menu, entries] of Object.entries(menus)) {
      for (const { command, group } of entries) {
        assert.ok(known.has(command), `${menu} names ${command}`);
        assert.ok(
          !/^(inline|navigation)/.test(group ?? '') || known.get(command)?.icon !== undefined,
          `${command} is a button and has no icon`,
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
    const scopes = Object.entries(properties).flatMap(([key, { scope }]) =>
      key.startsWith('sluice.models.') ? [scope] : [],
    );
    assert.deepEqual(new Set(scopes), new Set(['machine']));
  });

  it('takes what protects the checkout and the disk from the user alone, too', () => {
    for (const key of OWN_KEYS) {
      assert.match(properties[`sluice.${key}`]?.scope ?? '', /^(application|machine)$/, key);
    }
  });

  it('says in every view what to do: without a folder, in one nobody trusts, and in an empty one', () => {
    const situations = [
      { workspaceFolderCount: 0, isWorkspaceTrusted: true },
      { workspaceFolderCount: 1, isWorkspaceTrusted: false },
      { workspaceFolderCount: 1, isWorkspaceTrusted: true, 'sluice.definitions': 'none' },
      { workspaceFolderCount: 1, isWorkspaceTrusted: true, 'sluice.definitions': 'some' },
    ];
    for (const view of VIEWS) {
      for (const context of situations) {
        const shown = viewsWelcome.filter(
          (entry) => entry.view === view && holds(entry.when, context),
        );
        assert.equal(shown.length, 1, `${view} where ${JSON.stringify(context)}`);
      }
    }
    const [needy] = viewsWelcome.filter(({ when }) => when.includes(NO_MODELS));
    assert.match(said(needy?.contents ?? ''), /command:sluice\.chooseDefaultModel/);
  });

  it('leads from welcome views and the walkthrough to commands that are there', () => {
    const links = [
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ].flatMap((text) => [...said(text).matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id ?? ''));
    const ours: readonly string[] = [...COMMANDS, ...VIEWS.map((view) => `${view}.focus`)];
    for (const id of links.filter((link) => link.startsWith('sluice.'))) {
      assert.ok(ours.includes(id), `${id} is not there`);
    }
    assert.ok(links.length > 10);
  });

  it('has a walkthrough whose pictures are files that know the theme, and whose steps can be done', () => {
    const [walkthrough, ...others] = walkthroughs;
    assert.deepEqual([walkthrough?.id, others], [WALKTHROUGH, []]);
    const contexts: readonly string[] = Object.values(DONE);
    for (const { id, media, completionEvents } of walkthrough?.steps ?? []) {
      const picture = fs.readFileSync(media.svg, 'utf8');
      assert.match(picture, /var\(--vscode-/, id);
      // A colour of its own would be lost in some theme; and nothing is loaded, from anywhere.
      assert.doesNotMatch(picture, /#[0-9a-f]{3,8}\b|rgb|href|url\(|style=|<script/i, id);
      assert.notEqual(said(media.altText), '');
      assert.ok(completionEvents.length > 0, id);
      for (const event of completionEvents) {
        const [, kind, of = ''] = /^on(Command|Context|SettingChanged):([\w.]+)/.exec(event) ?? [];
        const there: readonly string[] =
          kind === 'Command' ? COMMANDS : kind === 'Context' ? contexts : Object.keys(properties);
        assert.ok(there.includes(of), `${id} is done by ${event}`);
      }
    }
  });

  it('has keys for commands that are there, each once, that act in a trusted folder alone', () => {
    assert.deepEqual(
      keybindings.map(({ command }) => command),
      ['sluice.runWorkflow', 'sluice.showGraph', 'sluice.nextGate', 'sluice.showDashboard'],
    );
    for (const { command, key, mac, when } of keybindings) {
      assert.ok((COMMANDS as readonly string[]).includes(command), command);
      assert.match(key, /^shift\+alt\+s [a-z]$/);
      assert.match(mac, /^ctrl\+cmd\+s [a-z]$/);
      assert.ok(!holds(when, { workspaceFolderCount: 1, isWorkspaceTrusted: false }), command);
      assert.ok(holds(when, { workspaceFolderCount: 1, isWorkspaceTrusted: true }), command);
    }
    assert.equal(new Set(keybindings.map(({ key }) => key)).size, keybindings.length);
  });

  it('enables under a folder nobody trusts nothing but what only shows or is about the user', () => {
    const enabled = commands
      .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted') !== true)
      .map(({ command }) => command.replace('sluice.', ''));
    assert.deepEqual(
      enabled.filter((command) => !HARMLESS.has(command)),
      [],
    );
  });

  it('takes every text that people see from package.nls.json, and has none there that nobody sees', () => {
    const shown = shownTexts(manifest);
    assert.deepEqual(
      shown.filter(({ text }) => !text.startsWith('%') && text !== 'Sluice').map(({ at }) => at),
      [],
    );
    const used = shown.flatMap(({ text }) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', key);
    }
  });

  it('lets no folder that nobody trusts say what is kept, written and copied', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const theirs = Object.keys(properties).filter((key) =>
      /^sluice\.(?:base$|cache\.|checkout\.|copies\.|git\.)/.test(key),
    );
    assert.deepEqual([...restrictedConfigurations].sort(), theirs.sort());
  });

  it("knows the files of versions of people's own by the folder they are in", () => {
    const title = menus['editor/title']?.find(({ command }) => command === 'sluice.useOwnVersion');
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
  'sluice.keepPlan': ['keepPlan'],
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

/** They show something that is read already, or are about the user and not the folder. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['showGraph', 'exportGraph', 'showGate', 'showQuestion', 'showDashboard', 'showOutput'],
  ...['openArtifact', 'openDefinition', 'refresh', 'showLog', 'getStarted'],
  ...['setApiKey', 'chooseDefaultModel', 'followOutput', 'unfollowOutput'],
]);

/** Keys of package.json whose value people read; those in schemas too. */
const SHOWN = new Set([
  ...['title', 'shortTitle', 'name', 'contextualTitle', 'contents', 'description', 'altText'],
  ...['markdownDescription', 'enumDescriptions', 'markdownEnumDescriptions', 'enumItemLabels'],
  ...['patternErrorMessage', 'errorMessage', 'deprecationMessage', 'markdownDeprecationMessage'],
]);

/** All that people read in what is contributed, and where it stands. */
function shownTexts({ contributes, capabilities }: Manifest): { at: string; text: string }[] {
  const found: { at: string; text: string }[] = [];
  const look = (value: unknown, at: string, isShown: boolean): void => {
    if (typeof value === 'string') {
      found.push(...(isShown ? [{ at, text: value }] : []));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        const isList = Array.isArray(value);
        // What settings are set to is nothing people read.
        if (key !== 'default' && key !== 'menus') {
          look(inner, `${at}.${key}`, isList ? isShown : SHOWN.has(key));
        }
      }
    }
  };
  look(contributes, 'contributes', false);
  look(capabilities, 'capabilities', false);
  return found;
}

/** Whether a `when` clause of `&&`, `||`, `!`, `==` and numbers holds; what is not named is not set. */
function holds(when: string, context: Readonly<Record<string, unknown>>): boolean {
  return when.split('||').some((all) =>
    all.split('&&').every((part) => {
      const [, not, key = '', sign, value] =
        /^\s*(!?)([\w.]+)\s*(?:(==|>)\s*'?(\w+)'?)?\s*$/.exec(part) ?? [];
      const is = context[key];
      const isSo =
        sign === '=='
          ? String(is) === value
          : sign === '>'
            ? Number(is) > Number(value)
            : is === true;
      return not === '!' ? !isSo : isSo;
    }),
  );
}
