// The values below are planted. They lead nowhere: example.com is reserved for examples, and the
// webhook is the placeholder of Slack's own documentation.

/** Where the desk keeps its parcels. */
export const databaseUrl =
  'postgres://parcel-desk:EXAMPLE-NOT-A-REAL-PASSWORD@db.example.com:5432/parcels';

/** Where the desk tells the drivers that a parcel waits. */
export const driversWebhook =
  'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
