import { branchPrefixFault } from '../domain/branchPrefix.ts';

const BELOW = /^(?:[a-z0-9][a-z0-9._-]{0,80}\/)*[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/;
const TAG = /^refs\/tags\/workflow_[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/;

/**
 * True for the only refs Sluice ever writes: branches below its prefix (`ai/generated`, unless the user says otherwise)
 * and tags `workflow_…`. The last part may have capitals, because step ids may.
 */
export function isOwnRef(ref: string, prefix: string): boolean {
  const branches = `refs/heads/${prefix}/`;
  const isBranch =
    ref.startsWith(branches) &&
    BELOW.test(ref.slice(branches.length)) &&
    branchPrefixFault(prefix) === undefined;
  return (
    (isBranch || TAG.test(ref)) &&
    ref.split('/').every((part) => !part.includes('..') && !/\.(?:lock)?$/i.test(part))
  );
}
