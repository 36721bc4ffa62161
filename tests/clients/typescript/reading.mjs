// Checks of what is read without a tool: prompts, resources and completions.

import assert from "node:assert/strict";

import { docker, old, web, write } from "./containers.mjs";

const INVALID_PARAMS = -32602;
const logs = "container://logs/{container_id}";
const stats = "container://stats/{container_id}";

// The request ends in that error, which is given.
async function refused(request, code, says) {
  let refusal;
  await assert.rejects(request, (error) => {
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.includes(says), error.message);
    refusal = error;
    return true;
  });
  return refusal;
}

export const checks = {
  "lists prompts": async ({ sdk }) => {
    const { prompts } = await sdk.listPrompts();
    const takes = prompts.map(({ name, arguments: args }) => [
      name,
      ...args.map(({ name, required }) => (required ? name : `${name}?`)),
    ]);
    const promised = [
      ["debug_networking", "container_id", "target_host?"],
      ["generate_compose", "container_id?", "service_description?"],
      ["optimize_container", "container_id"],
      ["security_audit", "container_id?"],
      ["troubleshoot_container", "container_id"],
    ];
    const names = promised.map(([name]) => name);
    assert.deepEqual(takes.filter(([name]) => names.includes(name)), promised);
  },
  "gets each prompt": async (client) => {
    for (const [name, args, holds] of [
      ["troubleshoot_container", { container_id: old }, ["Exit code 3", "no such table: orders"]],
      ["optimize_container", { container_id: web }, [web, "memory"]],
      ["generate_compose", { container_id: web }, [web, "services"]],
      ["generate_compose", { service_description: "a cache" }, ["a cache", "services"]],
      ["debug_networking", { container_id: web, target_host: "db:5432" }, [web, "db:5432"]],
      ["security_audit", { container_id: web }, [web, "CIS"]],
      ["security_audit", {}, ["all running containers", "CIS"]],
    ]) {
      const [{ role, content: { type, text } }, ...more] = await client.prompt(name, args);
      assert.deepEqual([role, type, more], ["user", "text", []]);
      for (const part of holds) assert.ok(text.includes(part), `${name}: no ${part}`);
      assert.ok(Buffer.byteLength(text) <= 16 * 1024, name);
    }
  },
  "is told what is wrong with a prompt": async (client) => {
    for (const [name, args, says] of [
      ["troubleshoot", {}, "troubleshoot_container"],
      ["troubleshoot_container", {}, "container_id"],
      ["troubleshoot_container", { container: web }, "container_id"],
      ["troubleshoot_container", { container_id: "no such" }, "container_id"],
      ["troubleshoot_container", { container_id: "no-such-container" }, "no-such-container"],
    ]) {
      await refused(client.prompt(name, args), INVALID_PARAMS, says);
    }
  },
  "lists resources": async (client) => {
    const { resourceTemplates } = await client.sdk.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate, mimeType }) => [uriTemplate, mimeType]);
    const promised = templates.filter(([template]) => [logs, stats].includes(template));
    assert.deepEqual(promised, [[logs, "text/plain"], [stats, "application/json"]]);
    const listed = await client.resources();
    for (const [name, uris] of [
      [web, [`container://logs/${web}`, `container://stats/${web}`]],
      // What does not run has no stats.
      [old, [`container://logs/${old}`]],
    ]) {
      const both = [`container://logs/${name}`, `container://stats/${name}`];
      const found = listed.filter(({ uri }) => both.includes(uri));
      assert.deepEqual(found.map(({ uri }) => uri).sort(), uris);
      assert.ok(found.every(({ name }) => name));
    }
  },
  "reads resources": async (client) => {
    await write("it is up");
    const id = await docker("inspect", "--format", "{{.Id}}", web);
    // Every character may be percent-encoded, as those of a name need not be.
    for (const container of [web, id, id.slice(0, 12), web.replaceAll("-", "%2D")]) {
      const uri = `container://logs/${container}`;
      const log = await client.read(uri);
      assert.equal(log.mimeType, "text/plain");
      assert.equal(log.uri, uri);
      assert.match(log.text, /it is up/);
      const { mimeType, text } = await client.read(`container://stats/${container}`);
      assert.equal(mimeType, "application/json");
      const sample = JSON.parse(text);
      assert.equal(sample.container_id, id);
      assert.ok(sample.stats.memory.usage > 0, text);
    }
  },
  "is told of a missing resource": async (client) => {
    for (const uri of [
      "container://logs/no-such-container",
      "container://stats/no-such-container",
      "container://web",
    ]) {
      const { data } = await refused(client.read(uri), client.notFound, uri.split("/").at(-1));
      assert.equal(data.uri, uri);
    }
  },
  // What begins so comes before what only holds it.
  "completes": async (client) => {
    const typed = web.slice(0, -1);
    for (const values of [
      await client.completePrompt("troubleshoot_container", "container_id", typed),
      await client.completeTemplate(logs, "container_id", typed),
      await client.completeTemplate(stats, "container_id", typed.toUpperCase()),
    ]) {
      assert.deepEqual(values, [web, old]);
    }
    for (const values of [
      await client.completePrompt("debug_networking", "target_host", typed),
      await client.completeTemplate(logs, "container_id", `${typed}-no-such`),
    ]) {
      assert.deepEqual(values, []);
    }
    for (const [request, says] of [
      [() => client.completePrompt("troubleshoot_container", "container", typed), "container"],
      [() => client.completePrompt("no_such_prompt", "container_id", typed), "no_such_prompt"],
      [() => client.completeTemplate("container://no-such/{id}", "id", typed), "://no-such"],
    ]) {
      await refused(request(), INVALID_PARAMS, says);
    }
  },
};
