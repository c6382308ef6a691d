import { unreachable } from '../base/exhaustive.ts';
import type { Failure } from '../domain/failure.ts';
import type { ObjectId } from '../domain/ids.ts';

/** Why artifacts did not land. */
export type LandingProblem =
  /** A path from the root of the repository that no task may write; `name` is the protected name it falls under. */
  | { readonly reason: 'protected-path'; readonly path: string; readonly name: string }
  /** `ref` stands in the way; `value` is what it names where that is one commit. */
  | { readonly reason: 'ref-conflict'; readonly ref: string; readonly value: ObjectId | undefined }
  /** Another program writes the ref, or died doing so. */
  | { readonly reason: 'locked'; readonly file: string }
  /** The commit is gone; a repeat of the landing from its start writes it again. */
  | { readonly reason: 'missing-object'; readonly id: ObjectId }
  /** The repository or the disk would not take the commit. */
  | { readonly reason: 'refused'; readonly message: string };

export function landingFailure(problem: LandingProblem): Failure {
  return { reason: 'landing', message: messageOf(problem) };
}

function messageOf(problem: LandingProblem): string {
  switch (problem.reason) {
    case 'protected-path':
      return `"${problem.path}" is protected (${problem.name}): no task may write it`;
    case 'ref-conflict':
      return problem.value === undefined
        ? `${problem.ref} stands in the way; rename or delete it`
        : `${problem.ref} stands in the way with commit ${problem.value.slice(0, 12)}; rename or delete it`;
    case 'locked':
      return `another program is writing to the repository; if none is, delete ${problem.file}`;
    case 'missing-object':
      return `commit ${problem.id} is no longer in the repository`;
    case 'refused':
      return problem.message;
    default:
      return unreachable(problem);
  }
}
