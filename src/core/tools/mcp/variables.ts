import { err, ok, type Result } from '../../base/result.ts';

/** What `${…}` in a server's configuration stands for. */
export interface Variables {
  /** Absolute. */
  readonly workspaceFolder: string;
  readonly home: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Fills in `${NAME}`, `${NAME:-default}`, `${env:NAME}`, `${workspaceFolder}` and `${userHome}`. The error says what
 * cannot be filled in, as the end of a sentence about the server.
 */
export function expand(text: string, variables: Variables): Result<string, string> {
  let wrong: string | undefined;
  const expanded = text.replace(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const value = valueOf(inside, whole, variables);
    if (!value.ok) {
      wrong ??= value.error;
      return '';
    }
    return value.value;
  });
  return wrong === undefined ? ok(expanded) : err(wrong);
}

function valueOf(inside: string, whole: string, variables: Variables): Result<string, string> {
  switch (inside) {
    case 'workspaceFolder':
      return ok(variables.workspaceFolder);
    case 'userHome':
      return variables.home === undefined ? err(`${whole} is not known`) : ok(variables.home);
  }
  if (inside.startsWith('input:')) {
    return err(
      `it needs ${whole}, which only VS Code asks for; use an environment variable instead`,
    );
  }
  const named = /^(?:env:)?([A-Za-z_]\w*)(?::-([^]*))?$/.exec(inside);
  const name = named?.[1];
  if (name === undefined) {
    return err(`${whole} is nothing that Sluice can fill in`);
  }
  const value = Object.hasOwn(variables.env, name) ? variables.env[name] : undefined;
  const standIn = named?.[2];
  // As in a shell, `:-` stands in for an empty variable too.
  if (standIn !== undefined && (value === undefined || value === '')) {
    return ok(standIn);
  }
  return value === undefined ? err(`the environment variable ${name} is not set`) : ok(value);
}
