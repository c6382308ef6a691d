import type { Command } from '../contributions.ts';
import type { Dashboard } from '../dashboard/dashboard.ts';

/** Shows how runs and agents have done. */
export function showDashboard(dashboard: Dashboard): Command {
  return { id: 'sluice.showDashboard', execute: () => dashboard.show() };
}
