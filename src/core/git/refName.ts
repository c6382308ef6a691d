const BRANCH =
  /^refs\/heads\/ai\/generated((?:\/[a-z0-9][a-z0-9._-]{0,80})*)\/([A-Za-z0-9][A-Za-z0-9._-]{0,80})$/;
const TAG = /^refs\/tags\/workflow_[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/;

/**
 * True for the only refs Sluice ever writes: branches below `ai/generated/` and tags `workflow_…`. The
 * last part may have capitals, because step ids may.
 */
export function isOwnRef(ref: string): boolean {
  return (
    (BRANCH.test(ref) || TAG.test(ref)) &&
    ref.split('/').every((part) => !part.includes('..') && !/\.(?:lock)?$/i.test(part))
  );
}
