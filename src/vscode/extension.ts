import * as vscode from 'vscode';
import { Disposables } from '../core/base/disposables.ts';
import { AgentFilter } from './agentFilter.ts';
import { CacheSettingWarnings } from './cacheSettings.ts';
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
import { newAgent } from './commands/newAgent.ts';
import { newWorkflow } from './commands/newWorkflow.ts';
import { convertWorkflow } from './commands/convertWorkflow.ts';
import { openDefinition } from './commands/openDefinition.ts';
import { preflight } from './commands/preflight.ts';
import { refresh } from './commands/refresh.ts';
import { askAnew, rerunTaskWithModel, rerunTaskWithPrompt } from './commands/rerunTask.ts';
import { runAgent } from './commands/runAgent.ts';
import { runCommandInCopy } from './commands/runCommandInCopy.ts';
import { runWorkflow, runWorkflowWithoutCache } from './commands/runWorkflow.ts';
import { showCache } from './commands/showCache.ts';
import { showGraph } from './commands/showGraph.ts';
import { openArtifact, showOutput } from './commands/showOutput.ts';
import { steerTask } from './commands/steerTask.ts';
import { registerCommand, type Command } from './contributions.ts';
import { DefinitionProblems } from './definitionProblems.ts';
import { DefinitionWatcher } from './definitionWatcher.ts';
import { Announcements } from './gates/announcements.ts';
import { GraphPanels } from './graph/graphPanels.ts';
import { hostPorts } from './hostPorts.ts';
import { tellInterrupted } from './interrupted.ts';
import { WindowModelHost } from './models/modelHost.ts';
import { ModelPicks } from './models/modelPicks.ts';
import { WindowModels } from './models/windowModels.ts';
import { Presence } from './presence.ts';
import { LanguageFeatures } from './language/languageFeatures.ts';
import { offerWorkflows } from './offer.ts';
import { CachePages } from './output/cachePages.ts';
import { CommandPages } from './output/commandPages.ts';
import { OutputDocuments } from './output/documents.ts';
import { PreflightPages } from './output/preflightPages.ts';
import { Projects } from './project.ts';
import { Refresher } from './refresher.ts';
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
    const ports = hostPorts(log);
    const presence = new Presence();
    const modelHost = new WindowModelHost(context, process.env, () => presence.isHere);
    const models = this.#disposables.add(new WindowModels(modelHost, ports));
    const modelPicks = new ModelPicks(models);
    const projects = new Projects(ports, models);
    this.#projects = projects;
    const { clock } = ports;
    const graphs = this.#disposables.add(
      new GraphPanels(projects, presence, context.extensionUri, () => clock.now()),
    );
    const documents = this.#disposables.add(new OutputDocuments(projects));
    const preflights = this.#disposables.add(new PreflightPages(projects));
    const caches = this.#disposables.add(new CachePages(projects));
    const cacheWarnings = this.#disposables.add(new CacheSettingWarnings(() => caches.refresh()));
    const problems = this.#disposables.add(new DefinitionProblems(projects));
    const language = this.#disposables.add(new LanguageFeatures(projects, problems));
    const announcements = this.#disposables.add(new Announcements(projects, presence, modelPicks));
    this.#disposables.add(new DefinitionWatcher(projects, ports.log));
    const runs = this.#disposables.add(
      new RowTree('sluice.runs', true, () => runRows(projects, clock.now())),
    );
    const gates = this.#disposables.add(
      new RowTree('sluice.gates', false, () => gateRows(projects)),
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
          problems,
          language,
          announcements,
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
        cacheWarnings.tell();
      }),
    );

    const pages = this.#disposables.add(new CommandPages());
    const commands: readonly Command[] = [
      runWorkflow(projects),
      runWorkflowWithoutCache(projects),
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
