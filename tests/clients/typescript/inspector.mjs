// The Inspector's command line, which starts anew for each request. It completes nothing, asks nobody,
// cancels nothing and shows no progress.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { check } from "./checks.mjs";
import { server, transport } from "./client.mjs";
import { web, write } from "./containers.mjs";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/inspector/package.json");
const program = join(dirname(manifest), "../../.bin/mcp-inspector");

// Its exit codes.
const [FAILED, TOOL_FAILED] = [1, 5];

// It hands nothing on to a server that it starts, but these.
const settings = ["DOCKER_HOST", "MCP_LOG_LEVEL"].flatMap((name) => ["-e", `${name}=${process.env[name]}`]);

// Sends a request, which ends in that exit code; gives the result, and what it complains of.
function inspect(era, method, args = [], code = 0) {
  const how = transport === "stdio" ? settings : ["--transport", transport];
  const what = ["--protocol-era", era, "--method", method, ...args, "--format", "json"];
  const command = [program, "--cli", server, ...how, ...what];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const ended = error ? error.code : 0;
      if (ended !== code) reject(new Error(`exit ${ended}: ${stderr.slice(0, 500)}`));
      else resolve({ ...(stdout ? JSON.parse(stdout).result : {}), complaint: stderr });
    });
  });
}

const checks = {
  // With `--strict` an error in a schema ends it with another code.
  "lists tools with portable schemas": async ({ era }) => {
    const { tools } = await inspect(era, "tools/list", ["--strict"]);
    assert.ok(tools.some(({ name }) => name === "docker_list_containers"));
  },
  "calls a tool": async ({ era }) => {
    const args = ["--tool-name", "docker_list_containers"];
    const { structuredContent } = await inspect(era, "tools/call", args);
    assert.ok(structuredContent.containers.some(({ name }) => name === web));
  },
  "sees a failure": async ({ era }) => {
    const args = ["--tool-name", "docker_inspect_container", "--tool-arg", "container_id=no-such"];
    const { content } = await inspect(era, "tools/call", args, TOOL_FAILED);
    assert.match(content[0].text, /no-such/);
  },
  "gets a prompt": async ({ era }) => {
    const { prompts } = await inspect(era, "prompts/list");
    assert.equal(prompts.length, 5);
    const args = ["--prompt-name", "troubleshoot_container"];
    const given = [...args, "--prompt-args", `container_id=${web}`];
    const { messages } = await inspect(era, "prompts/get", given);
    assert.ok(messages[0].content.text.includes(web));
    const { complaint } = await inspect(era, "prompts/get", args, FAILED);
    assert.match(complaint, /needs `container_id`/);
  },
  "reads a resource": async ({ era }) => {
    const { resourceTemplates } = await inspect(era, "resources/templates/list");
    assert.equal(resourceTemplates.length, 2);
    const { resources } = await inspect(era, "resources/list");
    const uri = `container://logs/${web}`;
    assert.ok(resources.some((resource) => resource.uri === uri));
    await write("it is up");
    const { contents } = await inspect(era, "resources/read", ["--uri", uri]);
    assert.match(contents[0].text, /it is up/);
    const missing = ["--uri", "container://logs/no-such"];
    const { complaint } = await inspect(era, "resources/read", missing, FAILED);
    assert.match(complaint, /no such container: `no-such`/);
  },
};

for (const era of ["legacy", "modern"]) {
  await check({ era, label: `inspector, ${era}, ${transport},` }, checks);
}
