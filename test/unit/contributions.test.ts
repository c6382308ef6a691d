import assert from 'node:assert/strict';
import fs from 'node:fs';
import { COMMANDS, GRAPH_PANEL, settings, VIEWS } from '../../src/vscode/ids.ts';

interface Manifest {
  readonly activationEvents: readonly string[];
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
        Record<string, { default: unknown; description?: string; markdownDescription?: string }>
      >;
    };
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>;
  };
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
      for (const { command } of entries) {
        assert.ok(known.has(command), `${menu} names ${command}`);
        assert.ok(
          menu !== 'view/item/context' || known.get(command)?.icon !== undefined,
          `${command} is inline and has no icon`,
        );
      }
    }
  });

  it('wakes the extension for its views, its files and its restored panels only', () => {
    for (const event of manifest.activationEvents) {
      assert.match(event, /^(onView:sluice\.|workspaceContains:|onWebviewPanel:)/);
    }
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${GRAPH_PANEL}`));
  });
});
