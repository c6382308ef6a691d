import { findAgents, type FoundAgents } from '../../../src/core/definitions/agents/agents.ts';
import type { AgentEntry, ValidAgentEntry } from '../../../src/core/definitions/entries.ts';
import { readFresh } from '../../../src/core/definitions/files/readSource.ts';
import { hasErrors } from '../../../src/core/domain/diagnostic.ts';
import { TemporaryFolder } from './folder.ts';

const never = new AbortController().signal;

/** A project's folder `work` and its user's home, `home`, both empty. */
export class AgentRig {
  readonly #temporary = new TemporaryFolder();
  readonly folder = `${this.#temporary.path}/work`;
  readonly home = `${this.#temporary.path}/home`;

  write(file: string, content: string | Uint8Array): void {
    this.#temporary.write(`work/${file}`, content);
  }

  writeHome(file: string, content: string): void {
    this.#temporary.write(`home/${file}`, content);
  }

  link(file: string, target: string): void {
    this.#temporary.link(`work/${file}`, target);
  }

  find(home?: string, folder = this.folder): Promise<FoundAgents> {
    return findAgents(folder, home, readFresh(folder, never), never);
  }

  async entry(name: string): Promise<AgentEntry> {
    const { agents } = await this.find();
    const [entry, ...others] = agents.filter((one) => one.name === name);
    if (entry === undefined || others.length > 0) {
      throw new Error(`${others.length + (entry === undefined ? 0 : 1)} agents are called ${name}`);
    }
    return entry;
  }

  async valid(name: string): Promise<ValidAgentEntry> {
    const entry = await this.entry(name);
    if (entry.kind === 'invalid' || hasErrors(entry.diagnostics)) {
      throw new Error(entry.diagnostics.map(({ message }) => message).join('\n'));
    }
    return entry;
  }

  dispose(): void {
    this.#temporary.dispose();
  }
}

/** A Claude Code agent's file. */
export function claudeFile(name: string, description = 'Does.', more = ''): string {
  return `---\nname: ${name}\ndescription: ${description}\n${more}---\nYou are ${name}.\n`;
}
