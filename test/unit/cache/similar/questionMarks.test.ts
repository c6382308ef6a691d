import assert from 'node:assert/strict';
import { questionMarks } from '../../../../src/core/cache/similar/questionMarks.ts';

function same(a: string, b: string): void {
  assert.equal(questionMarks(a), questionMarks(b), `${a} | ${b}`);
}

function differ(a: string, b: string): void {
  assert.notEqual(questionMarks(a), questionMarks(b), `${a} | ${b}`);
}

describe('Marks of a question', () => {
  it('are the same for other plain words', () => {
    same('What is a tide?', 'Please tell me: what are tides!');
    same('Explain (shortly) what a *tide* is.', "What's a tide, in short?");
    same('Was ist Ebbe? Erkläre es.', 'Erkläre Flut.');
    same('What happened in 1923?', 'Tell me what happened in 1923, please.');
    same('What does parseUrl do?', 'Explain parseUrl.');
    same('', 'only plain words');
  });

  it('are others for other numbers, paths, names of code and quotes', () => {
    differ('What happened in 1923?', 'What happened in 1924?');
    differ('What happened?', 'What happened in 1924?');
    differ('Is 3 more than 5?', 'Is 5 more than 3?');
    differ('Sum up src/a.ts', 'Sum up src/b.ts');
    differ('Sum up a.md', 'Sum up b.md');
    differ('What does parseUrl do?', 'What does parseUri do?');
    differ('What does parse_url do?', 'What does parse_uri do?');
    differ('Define `tide`', 'Define `ebb`');
    differ('Define "high tide"', 'Define "low tide"');
    differ("Define 'high tide'", "Define 'low tide'");
    differ('Is C++ fast?', 'Is C# fast?');
    differ('See https://example.org/a', 'See https://example.org/b');
  });
});
