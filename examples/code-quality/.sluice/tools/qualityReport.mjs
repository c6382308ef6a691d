#!/usr/bin/env node
// Reads what the checks before it printed and writes report.md and report.sarif into the working
// directory. The same findings give the same bytes: no time, no duration, no path of this machine.
//
// Exit code 0: both files are written, whatever was found. 1: an input cannot be read; no file is
// written, because a report with a hole in it reads like a clean one.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { byPlace, hideSecrets } from './report/findings.mjs';
import { toMarkdown } from './report/markdown.mjs';
import { Project } from './report/project.mjs';
import { toolOf, tools, Unreadable } from './report/readers.mjs';
import { toSarif } from './report/sarif.mjs';

/** @typedef {import('./report/findings.mjs').Check} Check */

/**
 * @param {string} needs the folder `SLUICE_NEEDS` names
 * @param {Project} project
 * @returns {{ checks: Check[], problems: string[] }}
 */
function readChecks(needs, project) {
  const steps = readdirSync(needs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  /** @type {Check[]} */
  const checks = [];
  /** @type {string[]} */
  const problems = [];
  for (const step of steps) {
    try {
      checks.push(readCheck(step, path.join(needs, step), project));
    } catch (error) {
      if (!(error instanceof Unreadable)) {
        throw error;
      }
      problems.push(`step "${step}": ${error.file}: ${error.message}`);
    }
  }
  if (steps.length === 0) {
    problems.push(`${needs} is empty: the step needs at least one check before it.`);
  }
  const order = Object.keys(tools);
  checks.sort(
    (a, b) => order.indexOf(a.agent) - order.indexOf(b.agent) || (a.step < b.step ? -1 : 1),
  );
  return { checks, problems };
}

/**
 * @param {string} step
 * @param {string} folder
 * @param {Project} project
 * @returns {Check}
 */
function readCheck(step, folder, project) {
  const taskFile = path.join(folder, 'task.json');
  const outputFile = path.join(folder, 'output');
  const task = Unreadable.unlessRead(taskFile, () => JSON.parse(readFileSync(taskFile, 'utf8')));
  const tool = Unreadable.unlessRead(taskFile, () => toolOf(task));
  return Unreadable.unlessRead(outputFile, () => {
    const { findings, checked } = tool.read(readFileSync(outputFile, 'utf8'), project);
    if (findings.length === 0 && task.exitCode !== 0) {
      throw new Error(
        `${task.agent} ended with exit code ${task.exitCode}, but its output lists no finding`,
      );
    }
    return {
      step,
      agent: task.agent,
      tool: { ...tool.about, version: project.versionOf(tool.package) },
      checked,
      findings: findings.sort(byPlace),
    };
  });
}

function main() {
  const needs = process.env['SLUICE_NEEDS'];
  if (needs === undefined || needs === '') {
    return fail(['SLUICE_NEEDS is not set: Sluice sets it for a step that needs others.']);
  }
  const project = new Project(process.cwd());
  const { checks, problems } = readChecks(needs, project);
  if (problems.length > 0) {
    return fail(problems);
  }
  hideSecrets(checks, project);
  writeFileSync('report.md', toMarkdown(checks));
  writeFileSync('report.sarif', `${JSON.stringify(toSarif(checks, project), undefined, 2)}\n`);

  const total = checks.reduce((sum, check) => sum + check.findings.length, 0);
  const each = checks.map((check) => `${check.step} ${check.findings.length}`).join(', ');
  console.log(
    `${total} ${total === 1 ? 'finding' : 'findings'} (${each}): report.md, report.sarif`,
  );
}

/** @param {string[]} problems */
function fail(problems) {
  for (const problem of problems) {
    console.error(`quality-report: ${problem}`);
  }
  process.exitCode = 1;
}

main();
