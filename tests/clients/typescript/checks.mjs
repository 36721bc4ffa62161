// What every TypeScript client has to see of the server, whatever its version and the transport.

import { checks as calls } from "./calls.mjs";
import { withOld, withWeb } from "./containers.mjs";
import { checks as reading } from "./reading.mjs";
import { checks as subscribing } from "./subscribing.mjs";
import { checks as waiting } from "./waiting.mjs";

// Makes these checks, by default all that there are for an SDK, and prints a line for each; the exit
// code tells whether all passed. Each has a `web` of its own; `old` is only looked at.
export function check(client, checks = { ...calls, ...reading, ...subscribing, ...waiting }) {
  return withOld(async () => {
    for (const [name, one] of Object.entries(checks)) {
      try {
        await withWeb(() => one(client));
        console.log(`ok ${client.label} ${name}`);
      } catch (error) {
        process.exitCode = 1;
        console.log(`FAILED ${client.label} ${name}: ${String(error.message).split("\n").join(" ")}`);
      }
    }
  });
}
