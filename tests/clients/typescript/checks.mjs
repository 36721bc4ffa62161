// What every TypeScript client has to see of the server, whatever its version and the transport.

import { checks as calls } from "./calls.mjs";
import { withContainers } from "./containers.mjs";
import { checks as reading } from "./reading.mjs";
import { checks as subscribing } from "./subscribing.mjs";
import { checks as waiting } from "./waiting.mjs";

// Makes these checks, by default all that there are for an SDK, and prints a line for each; the exit
// code tells whether all passed.
export async function check(client, checks = { ...calls, ...reading, ...subscribing, ...waiting }) {
  for (const [name, one] of Object.entries(checks)) {
    try {
      await withContainers(() => one(client));
      console.log(`ok ${client.label} ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED ${client.label} ${name}: ${String(error.message).split("\n").join(" ")}`);
    }
  }
}
