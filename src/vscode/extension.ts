import * as vscode from 'vscode';
import { systemClock } from '../core/base/clock.ts';
import { Disposables } from '../core/base/disposables.ts';
import { AgentFilter } from './agentFilter.ts';
import { CACHE_SECTION, cacheSettingProblems } from './cacheSettings.ts';
import { addPack } from './commands/addPack.ts';
import { approveGate, rejectGate, showGate } from './commands/answerGate.ts';
import { answerQuestion, showQuestion } from './commands/answerQuestion.ts';
import { changeModel } from './commands/changeModel.ts';
import { changePermissions } from './commands/changePermissions.ts';
import { chooseDefaultModel } from './commands/chooseDefaultModel.ts';
import { clearCache } from './commands/clearCache.ts';
import { setApiKey } from './commands/setApiKey.ts';
import {
  cancelRun,
  interruptRun,
  pauseRun,
  resumeRun,
  takeOverRun,
} from './commands/controlRun.ts';
import { taskCommands } from './commands/controlTask.ts';
import { showAllAgents, showCriticalAgents } from './commands/filterAgents.ts';
import { dropRun } from './commands/dropRun.ts';
import { mergeApproved } from './commands/mergeApproved.ts';
import { newAgent } from './commands/newAgent.ts';
import { newWorkflow } from './commands/newWorkflow.ts';
import { convertWorkflow } from './commands/convertWorkflow.ts';
import { openDefinition } from './commands/openDefinition.ts';
import { preflight } from './commands/preflight.ts';
import { pruneRuns } from './commands/pruneRuns.ts';
import { refresh } from './commands/refresh.ts';
import { askAnew, rerunTaskWithModel, rerunTaskWithPrompt } from './commands/rerunTask.ts';
import { conflictCommands } from './commands/resolveConflict.ts';
import { rollBackTask } from './commands/rollBackTask.ts';
import { runAgent } from './commands/runAgent.ts';
import { runCommandInCopy } from './commands/runCommandInCopy.ts';
import {
  runWorkflow,
  runWorkflowOnHead,
  runWorkflowOnWorkingTree,
  runWorkflowWithoutCache,
} from './commands/runWorkflow.ts';
import { showCache } from './commands/showCache.ts';
import { showChanges } from './commands/showChanges.ts';
import { showGraph } from './commands/showGraph.ts';
import { openArtifact, showOutput } from './commands/showOutput.ts';
import { showCheckoutChanges, showForecast } from './commands/showRunPage.ts';
import { steerTask } from './commands/steerTask.ts';
import { registerCommand, type Command } from './contributions.ts';
import { DefinitionProblems } from './definitionProblems.ts';
import { DefinitionWatcher } from './definitionWatcher.ts';
import { Forecasts } from './forecasts.ts';
import { Announcements } from './gates/announcements.ts';
import { ResultAnnouncements } from './gates/resultAnnouncements.ts';
import { GraphPanels } from './graph/graphPanels.ts';
import { hostPorts } from './hostPorts.ts';
import { tellInterrupted } from './interrupted.ts';
import { isolationProblems } from './isolationSettings.ts';
import { WindowModelHost } from './models/modelHost.ts';
import { ModelPicks } from './models/modelPicks.ts';
import { WindowModels } from './models/windowModels.ts';
import { OwnVersions } from './ownVersions.ts';
import { Presence } from './presence.ts';
import { LanguageFeatures } from './language/languageFeatures.ts';
import { offerWorkflows } from './offer.ts';
import { CachePages } from './output/cachePages.ts';
import { CommandPages } from './output/commandPages.ts';
import { OutputDocuments } from './output/documents.ts';
import { VersionDocuments } from './output/versionDocuments.ts';
import { RunPages } from './output/runPages.ts';
import { PreflightPages } from './output/preflightPages.ts';
import { Projects } from './project.ts';
import { Refresher } from './refresher.ts';
import { SavedFiles } from './savedFiles.ts';
import { SettingWarnings } from './settingWarnings.ts';
import { agentRows } from './views/agentsView.ts';
import { workflowRows } from './views/definitionsViews.ts';
import { gateRows, waitingBadge } from './views/gatesView.ts';
import { Notices } from './views/notices.ts';
import { RowTree } from './views/rowTree.ts';
import { runRows } from './views/runsView.ts';

/** What VS Code shows of Sluice, put together; views follow the projects and keep nothing themselves. */
export class Extension {
  readonly #context: vscode.ExtensionContext;
  readonly #disposables = new Disposables();
  readonly #projects: Projects;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const log = this.#disposables.add(vscode.window.createOutputChannel('Sluice', { log: true }));
    const saved = this.#disposables.add(new SavedFiles(systemClock));
    const ports = hostPorts(log, saved);
    const presence = new Presence();
    const modelHost = new WindowModelHost(context, process.env, () => presence.isHere);
    const models = this.#disposables.add(new WindowModels(modelHost, ports));
    const modelPicks = new ModelPicks(models);
    const projects = new Projects(ports, models);
    this.#projects = projects;
    const { clock } = ports;
    const forecasts = this.#disposables.add(
      new Forecasts(
        () => clock.now(),
        () => refresher.soon(),
      ),
    );
    const graphs = this.#disposables.add(
      new GraphPanels(projects, presence, forecasts, context.extensionUri, () => clock.now()),
    );
    const documents = this.#disposables.add(new OutputDocuments(projects, forecasts));
    const preflights = this.#disposables.add(new PreflightPages(projects));
    const caches = this.#disposables.add(new CachePages(projects));
    const runPages = this.#disposables.add(new RunPages(projects));
    this.#disposables.add(new VersionDocuments(projects));
    const ownVersions = this.#disposables.add(
      new OwnVersions(projects, context.storageUri ?? context.globalStorageUri),
    );
    const settingWarnings = [
      new SettingWarnings({
        sections: [CACHE_SECTION],
        problems: cacheSettingProblems,
        changed: () => caches.refresh(),
      }),
      new SettingWarnings({
        sections: ['sluice.git', 'sluice.base', 'sluice.checkout', 'sluice.copies'],
        problems: isolationProblems,
        changed: () => undefined,
      }),
    ].map((warnings) => this.#disposables.add(warnings));
    const problems = this.#disposables.add(new DefinitionProblems(projects));
    const language = this.#disposables.add(new LanguageFeatures(projects, problems));
    const announcements = this.#disposables.add(
      new Announcements(projects, presence, modelPicks, forecasts),
    );
    const resultAnnouncements = this.#disposables.add(new ResultAnnouncements(projects, presence));
    this.#disposables.add(new DefinitionWatcher(projects, ports.log));
    const runs = this.#disposables.add(
      new RowTree('sluice.runs', true, () => runRows(projects, clock.now())),
    );
    const gates = this.#disposables.add(
      new RowTree('sluice.gates', false, () => gateRows(projects, forecasts)),
    );
    const workflows = this.#disposables.add(
      new RowTree('sluice.workflows', false, () => workflowRows(projects)),
    );
    const agents = this.#disposables.add(
      new RowTree('sluice.agents', true, () => agentRows(projects, filter.criticalOnly)),
    );
    const filter = new AgentFilter(context.workspaceState, () => agents.refresh());

    const notices = new Notices(projects, runs.view);

    const refresher = this.#disposables.add(
      new Refresher(projects, () => {
        gates.view.badge = waitingBadge(projects);
        for (const reader of [
          notices,
          runs,
          gates,
          workflows,
          agents,
          graphs,
          documents,
          preflights,
          caches,
          runPages,
          problems,
          language,
          announcements,
          resultAnnouncements,
        ]) {
          reader.refresh();
        }
      }),
    );
    this.#disposables.add(projects.onDidChange(() => refresher.soon()));
    this.#disposables.add(
      projects.onDidOpen((project) => {
        void offerWorkflows(project, presence, context.workspaceState);
        void tellInterrupted(project, presence);
        for (const warnings of settingWarnings) {
          warnings.tell();
        }
      }),
    );

    const pages = this.#disposables.add(new CommandPages());
    const commands: readonly Command[] = [
      runWorkflow(projects),
      runWorkflowWithoutCache(projects),
      runWorkflowOnHead(projects),
      runWorkflowOnWorkingTree(projects),
      preflight(projects, preflights),
      convertWorkflow(projects),
      runAgent(projects),
      showGraph(projects, graphs),
      pauseRun(projects),
      interruptRun(projects),
      resumeRun(projects),
      takeOverRun(projects),
      cancelRun(projects),
      ...taskCommands(projects),
      askAnew(projects),
      rerunTaskWithPrompt(projects),
      rerunTaskWithModel(projects),
      steerTask(projects),
      runCommandInCopy(projects, pages),
      showChanges(projects),
      showForecast(projects, runPages),
      showCheckoutChanges(projects, runPages),
      mergeApproved(projects),
      rollBackTask(projects),
      dropRun(projects),
      pruneRuns(projects),
      ...conflictCommands(ownVersions),
      approveGate(projects),
      rejectGate(projects),
      showGate(projects),
      answerQuestion(projects, modelPicks),
      showQuestion(projects),
      changeModel(projects, modelPicks),
      changePermissions(projects),
      setApiKey(models),
      chooseDefaultModel(modelPicks),
      showCache(projects, caches),
      clearCache(projects, caches),
      showOutput,
      openArtifact,
      openDefinition,
      showCriticalAgents(filter),
      showAllAgents(filter),
      newAgent(projects),
      newWorkflow(projects),
      addPack(projects, vscode.Uri.joinPath(context.extensionUri, 'dist/packs').fsPath),
      refresh(projects),
      { id: 'sluice.showLog', execute: () => log.show() },
    ];
    for (const command of commands) {
      this.#disposables.add(registerCommand(projects, presence, command));
    }
  }

  /** Opens what is trusted. VS Code does not wait for the folders to be read. */
  async start(): Promise<void> {
    this.#context.subscriptions.push(this.#disposables);
    const following = this.#projects.follow();
    if (this.#context.extensionMode === vscode.ExtensionMode.Test) {
      await following;
    }
  }

  async close(): Promise<void> {
    await this.#projects.close();
    this.#disposables.dispose();
  }
}
