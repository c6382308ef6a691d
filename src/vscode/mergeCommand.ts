/** What a person types to bring a branch into their own. A name that a shell might read as more than a name is quoted. */
export function mergeCommand(branch: string): string {
  const isPlain = /^[\w./@+=-]+$/.test(branch);
  // What a quoted text cannot hold in one shell or another: the quote itself.
  return `git merge ${isPlain ? branch : `'${branch.replaceAll("'", `'"'"'`)}'`}`;
}
