// The driver for `lsq-contract consumer -- node driver.mjs`: asks the application one question after the other.

import { readFileSync } from "node:fs";
import { SlotsClient, SlotsUnknown } from "./slots-client.mjs";

const { LSQ_BASE_URL, LSQ_ACCESS_KEY, LSQ_SECRET_KEY } = process.env;
const client = new SlotsClient(LSQ_BASE_URL, LSQ_ACCESS_KEY, LSQ_SECRET_KEY);

const results = [];
for (const { users, from, to, includeAllowedConflictSlots } of JSON.parse(readFileSync(0, "utf8")).questions) {
  try {
    results.push({ bookable: await client.bookable(users, from, to, includeAllowedConflictSlots) });
  } catch (error) {
    if (!(error instanceof SlotsUnknown)) throw error;
    results.push({ error: error.message });
  }
}
console.log(JSON.stringify({ results }));
