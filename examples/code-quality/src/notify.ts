import { driversWebhook } from './config.ts';
import type { Label } from './label.ts';

async function post(text: string): Promise<void> {
  const response = await fetch(driversWebhook, { method: 'POST', body: JSON.stringify({ text }) });
  if (!response.ok) {
    throw new Error(`The drivers were not told: ${response.status}`);
  }
}

/** Tells the drivers that a parcel is ready. */
export function tellDrivers(label: Label): void {
  post(`Parcel ${label.tracking} is ready.`);
}
