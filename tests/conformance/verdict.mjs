// Reads what the conformance suite found and judges it.
//
//   verdict.mjs SCENARIOS RESULTS VERSION [as-released]
//
// VERSION is one of the protocol, or `tasks` for the extension of that name.
// SCENARIOS is the file of what `conformance list --server` printed, RESULTS the folder of one run.
// Every scenario of the version has to be there, and none of its checks may fail, warn or be passed
// over; a server as it is released has no fixtures, and is judged by the scenarios that need none.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [scenarios, results, version, variant] = process.argv.slice(2);
const isAsReleased = variant === "as-released";

// Checks that do not apply to this server, with or without fixtures.
const NOT_APPLICABLE = new Set([
  // Its tools and prompts are those it was compiled with, so that there is no change to tell.
  "sep-2575-server-sends-prompts-list-changed-on-subscription",
  "sep-2575-server-sends-tools-list-changed-on-subscription",
  // No tool of it cuts the stream that its own result is to come by, and rmcp gives a handler no way
  // to. That a stream which breaks is taken up again is for the tests of the transport.
  "server-sse-disconnect-resume",
  // The suite does not look at them yet.
  "tasks-status-notifications",
]);

// Scenarios of tools, prompts and resources that the suite names; the one of levels needs a server that
// writes to its clients' logs, as this one does not.
const NEED_FIXTURES = [
  /^tools-call-/,
  /^elicitation-/,
  /^resources-(read|templates|subscribe|unsubscribe)/,
  /^prompts-get-/,
  /^input-required-result-(basic|request-state|multi|missing|non-tool|result-type|tampered)/,
  /^input-required-result-(capability-check|ignore-extra-params)$/,
  /^(completion-complete|json-schema-2020-12|logging-set-level|http-custom-header-server-validation)$/,
];

// Of the extensions this server has one; the others are no part of the protocol it speaks.
const applicable = readFileSync(scenarios, "utf8")
  .split("\n")
  .map((line) => line.match(/^ *- (\S+) \[(.*)\]/))
  .filter((found) =>
    version === "tasks" ? found?.[1].startsWith("tasks-") : found?.[2].split(",").includes(version),
  )
  .map(([, name]) => name);
const folders = readdirSync(results);

const counts = { scenarios: 0, passed: 0, failed: 0, "not applicable": 0, "need fixtures": 0 };
const complain = (scenario, text) => {
  counts.failed += 1;
  console.log(`FAILED ${version} ${scenario}: ${text}`);
};

for (const scenario of applicable) {
  // Behind the name comes the time.
  const own = folders.filter((name) => name.replace(/-\d{4}-\d\d-\d\dT.*$/, "") === `server-${scenario}`);
  if (own.length !== 1) {
    complain(scenario, `it has ${own.length} results`);
    continue;
  }
  const checks = JSON.parse(readFileSync(join(results, own[0], "checks.json"), "utf8"));
  if (isAsReleased && NEED_FIXTURES.some((pattern) => pattern.test(scenario))) {
    counts["need fixtures"] += 1;
    if (checks.every(({ status }) => status === "SUCCESS" || status === "INFO")) {
      complain(scenario, "it passes without fixtures, so it is not to be left out");
    }
    continue;
  }
  counts.scenarios += 1;
  for (const { id, status, errorMessage, details } of checks) {
    if (status === "SUCCESS") counts.passed += 1;
    else if (status === "INFO") continue;
    else if (NOT_APPLICABLE.has(id)) counts["not applicable"] += 1;
    else if (isAsReleased && details?.untestable) counts["need fixtures"] += 1;
    else complain(scenario, `${status} ${id}: ${errorMessage ?? JSON.stringify(details)}`);
  }
}

const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
console.log(`${version} ${isAsReleased ? "as released" : "with fixtures"}: ${said.join(", ")}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
