// Runs the scenarios, each with a browser's page of its own. See run.sh.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { capabilities, scenarios } from "./scenarios.mjs";
import { sockets } from "./sockets.mjs";
import { TOKENS, browser, engine, given, hosts, mcp, server } from "./stage.mjs";
import { views } from "./views.mjs";

const only = process.argv[2] ?? "";

// Few questions of one client may wait: those that a scenario leaves open are declined after it.
const after = new Client({ name: "after", version: "1" }, { capabilities });
await after.connect(new StreamableHTTPClientTransport(mcp, { requestInit: { headers: { authorization: `Bearer ${TOKENS.full}` } } }));

let failed = 0, passed = 0, at = 0;
const named = (what, all) => Object.entries(all).map(([name, scenario]) => [`${what} ${name}`, scenario]);
for (const [name, scenario] of [...named("a panel", scenarios), ...named("a view", views), ...named("a page", sockets)]) {
  if (!name.includes(only)) continue;
  Object.assign(engine, { gone: [], delay: 0, volumes: [], usage: {} });
  const since = Date.now();
  try {
    // Names of its own: what became of a call is remembered for a while.
    at++;
    await scenario(`web-${at}`, `db-${at}`);
    passed++;
    console.log(`ok ${name} (${Date.now() - since} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name} (${Date.now() - since} ms): ${error.stack}`);
  }
  // Each has connections of its own, and a browser has six.
  for (const page of hosts.splice(0)) if (!page.isClosed()) await page.close().catch(() => {});
  for (const nonce of given.splice(0)) {
    await after.callTool({ name: "docker_approve", arguments: { nonce, approve: false } });
  }
}
await after.close();
await browser.close();
server.removeAllListeners("exit");
server.kill();
console.log(`pages: ${passed} scenarios passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
