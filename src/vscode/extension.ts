import * as vscode from 'vscode';
import { systemClock } from '../core/base/clock.ts';
import { Disposables } from '../core/base/disposables.ts';
import { AgentFilter } from './agentFilter.ts';
import { CACHE_SECTION, cacheSettingProblems } from './cacheSettings.ts';
import { addPack } from './commands/addPack.ts';
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
import { gateCommands } from './commands/gateCommands.ts';
import { clearRunsFilter, filterRuns } from './commands/filterRuns.ts';
import { exportMetrics } from './commands/exportMetrics.ts';
import { followOutput, unfollowOutput } from './commands/followOutput.ts';
import { keepPlan } from './commands/keepPlan.ts';
import { mergeApproved } from './commands/mergeApproved.ts';
import { newAgent } from './commands/newAgent.ts';
import { newWorkflow } from './commands/newWorkflow.ts';
import { convertWorkflow } from './commands/convertWorkflow.ts';
import { openDefinition } from './commands/openDefinition.ts';
import { planFromRequest } from './commands/planFromRequest.ts';
import { compareWorkflows } from './commands/compareWorkflows.ts';
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
import { showDashboard } from './commands/showDashboard.ts';
import { exportGraph } from './commands/exportGraph.ts';
import { showGraph } from './commands/showGraph.ts';
import { showInRuns } from './commands/showInRuns.ts';
import { openArtifact, showOutput } from './commands/showOutput.ts';
import { showCheckoutChanges, showForecast } from './commands/showRunPage.ts';
import { showWalkthrough } from './commands/showWalkthrough.ts';
import { steerTask } from './commands/steerTask.ts';
import { backToNow, rerunFromHere, showMoment } from './commands/timeTravel.ts';
import { registerCommand, type Command } from './contributions.ts';
import { Dashboard } from './dashboard/dashboard.ts';
import { DefinitionProblems } from './definitionProblems.ts';
import { DefinitionWatcher } from './definitionWatcher.ts';
import { Forecasts } from './forecasts.ts';
import { Announcements } from './gates/announcements.ts';
import { ResultAnnouncements } from './gates/resultAnnouncements.ts';
import { GateAnnouncements } from './gates/gateAnnouncements.ts';
import { GateTabs } from './gates/gateTabs.ts';
import { GraphPanels } from './graph/graphPanels.ts';
import { hostPorts } from './hostPorts.ts';
import { tellInterrupted } from './interrupted.ts';
import { isolationProblems } from './isolationSettings.ts';
import { WindowModelHost } from './models/modelHost.ts';
import { ModelPicks } from './models/modelPicks.ts';
import { WindowModels } from './models/windowModels.ts';
import { Moments, momentText } from './moments.ts';
import { OwnVersions } from './ownVersions.ts';
import { Presence } from './presence.ts';
import { LanguageFeatures } from './language/languageFeatures.ts';
import { offerWorkflows } from './offer.ts';
import { COMPARE_SECTION, shareProblems } from './compareShares.ts';
import { CachePages } from './output/cachePages.ts';
import { ComparePages } from './output/comparePages.ts';
import { CommandPages } from './output/commandPages.ts';
import { OutputDocuments } from './output/documents.ts';
import { GatePages } from './output/gatePages.ts';
import { VersionDocuments } from './output/versionDocuments.ts';
import { RunPages } from './output/runPages.ts';
import { PreflightPages } from './output/preflightPages.ts';
import { Projects } from './project.ts';
import { Refresher } from './refresher.ts';
import { SavedFiles } from './savedFiles.ts';
import { SettingWarnings } from './settingWarnings.ts';
import { StatusBar } from './status/statusBar.ts';
import { WelcomeContexts } from './status/welcomeContexts.ts';
import { agentRows } from './views/agentsView.ts';
import { workflowRows } from './views/definitionsViews.ts';
import { gateRows, waitingBadge } from './views/gatesView.ts';
import { Notices } from './views/notices.ts';
import { RowTree } from './views/rowTree.ts';
import { RunsFilter } from './views/runsFilter.ts';
import { RunRows } from './views/runsView.ts';

/** What VS Code shows of Sluice, put together; views follow the projects and keep nothing themselves. */
export class Extension {
  readonly #context: vscode.ExtensionContext;
  readonly #disposables = new Disposables();
  readonly #projects: Projects;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const log = this.#disposables.add(vscode.window.createOutputChannel('Sluice', { log: true }));
    const saved = this.#disposables.add(new SavedFiles(systemClock));
    const ports = hostPorts(log, saved, context.secrets);
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
    const moments = this.#disposables.add(new Moments());
    const graphs = this.#disposables.add(
      new GraphPanels({
        ...{ projects, presence, forecasts, moments, log: ports.log },
        extension: context.extensionUri,
        now: () => clock.now(),
      }),
    );
    const dashboard = this.#disposables.add(
      new Dashboard(projects, presence, context.extensionUri, () => clock.now()),
    );
    const documents = this.#disposables.add(new OutputDocuments(projects, forecasts));
    const preflights = this.#disposables.add(new PreflightPages(projects));
    const caches = this.#disposables.add(new CachePages(projects));
    const comparisons = this.#disposables.add(new ComparePages(projects, () => clock.now()));
    const runPages = this.#disposables.add(new RunPages(projects));
    const gatePages = this.#disposables.add(new GatePages(projects, forecasts, () => clock.now()));
    const gateTabs = this.#disposables.add(new GateTabs(projects, gatePages));
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
      new SettingWarnings({
        sections: [COMPARE_SECTION],
        problems: shareProblems,
        changed: () => undefined,
      }),
    ].map((warnings) => this.#disposables.add(warnings));
    const problems = this.#disposables.add(new DefinitionProblems(projects));
    const language = this.#disposables.add(new LanguageFeatures(projects, problems));
    const announcements = this.#disposables.add(new Announcements(projects, presence, modelPicks));
    const gateAnnouncements = this.#disposables.add(
      new GateAnnouncements(projects, presence, forecasts, clock),
    );
    const resultAnnouncements = this.#disposables.add(new ResultAnnouncements(projects, presence));
    this.#disposables.add(new DefinitionWatcher(projects, ports.log));
    const runsFilter = new RunsFilter(context.workspaceState, () => refresher.soon());
    const runRows = new RunRows({
      ...{ projects, moments, momentText, filter: runsFilter },
      now: () => clock.now(),
      changed: () => refresher.soon(),
    });
    const runs = this.#disposables.add(new RowTree('sluice.runs', true, () => runRows.rows()));
    const gates = this.#disposables.add(
      new RowTree('sluice.gates', true, () => gateRows(projects, forecasts, clock.now())),
    );
    const workflows = this.#disposables.add(
      new RowTree('sluice.workflows', false, () => workflowRows(projects)),
    );
    const agents = this.#disposables.add(
      new RowTree('sluice.agents', true, () => agentRows(projects, filter.criticalOnly)),
    );
    const filter = new AgentFilter(context.workspaceState, () => agents.refresh());

    const notices = new Notices(projects, runs.view, runsFilter, () => runRows.rows().length);
    const statusBar = this.#disposables.add(new StatusBar(projects));
    const welcome = this.#disposables.add(
      new WelcomeContexts(projects, models, runs.view, ports.log),
    );

    const refresher = this.#disposables.add(
      new Refresher(projects, () => {
        gates.view.badge = waitingBadge(projects);
        for (const reader of [
          notices,
          statusBar,
          welcome,
          runs,
          gates,
          workflows,
          agents,
          graphs,
          dashboard,
          documents,
          preflights,
          caches,
          comparisons,
          runPages,
          gatePages,
          gateTabs,
          problems,
          language,
          announcements,
          gateAnnouncements,
          resultAnnouncements,
        ]) {
          reader.refresh();
        }
      }),
    );
    this.#disposables.add(projects.onDidChange(() => refresher.soon()));
    this.#disposables.add(moments.onDidChange(() => refresher.soon()));
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
    const packs = vscode.Uri.joinPath(context.extensionUri, 'dist/packs').fsPath;
    const commands: readonly Command[] = [
      runWorkflow(projects),
      runWorkflowWithoutCache(projects),
      runWorkflowOnHead(projects),
      runWorkflowOnWorkingTree(projects),
      preflight(projects, preflights),
      compareWorkflows(projects, comparisons),
      convertWorkflow(projects),
      runAgent(projects),
      planFromRequest(projects, graphs, packs),
      keepPlan(projects, graphs),
      showGraph(projects, graphs),
      showMoment(projects, moments, () => clock.now()),
      backToNow(projects, moments),
      rerunFromHere(projects, moments),
      exportGraph(graphs),
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
      showChanges(projects, gateTabs),
      showForecast(projects, runPages),
      showCheckoutChanges(projects, runPages),
      mergeApproved(projects),
      rollBackTask(projects),
      dropRun(projects),
      pruneRuns(projects),
      ...conflictCommands(ownVersions),
      ...gateCommands(projects, { pages: gatePages, tabs: gateTabs }),
      answerQuestion(projects, modelPicks),
      showQuestion(projects),
      changeModel(projects, modelPicks),
      changePermissions(projects),
      setApiKey(models),
      chooseDefaultModel(modelPicks),
      showDashboard(dashboard),
      exportMetrics(projects, dashboard),
      showCache(projects, caches),
      clearCache(projects, caches),
      showOutput,
      followOutput(documents),
      unfollowOutput(documents),
      openArtifact,
      openDefinition,
      filterRuns(runsFilter),
      clearRunsFilter(runsFilter),
      showInRuns(runRows, runs, runsFilter),
      showCriticalAgents(filter),
      showAllAgents(filter),
      newAgent(projects),
      newWorkflow(projects),
      addPack(projects, packs),
      refresh(projects),
      { id: 'sluice.showLog', execute: () => log.show() },
      showWalkthrough(context.extension.id, welcome),
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
