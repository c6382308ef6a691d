import type * as vscode from 'vscode';

/** `vscode.l10n.t` in a window that speaks English; for texts whose places are numbered. */
export const english: typeof vscode.l10n.t = (
  text: string | { readonly message: string },
  ...values: unknown[]
): string => {
  const message = typeof text === 'string' ? text : text.message;
  return message.replace(/\{(\d+)\}/g, (place, number: string) => {
    const value = values[Number(number)];
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : place;
  });
};
