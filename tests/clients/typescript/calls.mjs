// Checks of tools: calls, failures, progress, cancellation, questions to the person.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { web } from "./containers.mjs";

export const checks = {
  "lists tools": async ({ sdk }) => {
    const names = (await sdk.listTools()).tools.map((tool) => tool.name);
    assert.ok(names.includes("docker_list_containers"), names.join(" "));
  },
  "calls a tool": async (client) => {
    const { structuredContent } = await client.call("docker_list_containers", {});
    const names = structuredContent.containers.map(({ name }) => name);
    assert.ok(names.includes(web), names.join(" "));
  },
  "sees a failure": async (client) => {
    const { isError, content } = await client.call("docker_inspect_container", {
      container_id: "no-such-container",
    });
    assert.ok(isError);
    assert.match(content[0].text, /no-such-container/);
  },
  "hears of a slow call": async (client) => {
    const heard = [];
    const command = { container_id: web, command: ["sleep", "7"] };
    const onprogress = (progress) => heard.push(progress);
    const { structuredContent } = await client.call("docker_exec_command", command, { onprogress });
    assert.equal(structuredContent.exit_code, 0);
    assert.ok(heard.length >= 2, JSON.stringify(heard));
    for (const [index, { progress, message }] of heard.entries()) {
      assert.ok(message, JSON.stringify(heard));
      assert.ok(index === 0 || heard[index - 1].progress < progress, JSON.stringify(heard));
    }
  },
  "asks before something is lost": async (client) => {
    const { person } = client;
    const volume_name = `${web}-lost`;
    await client.call("docker_create_volume", { name: volume_name });
    for (const [answer, removed] of [["decline", false], ["cancel", false], ["accept", true]]) {
      Object.assign(person, { answer, asked: [] });
      const result = await client.call("docker_remove_volume", { volume_name });
      assert.equal(person.asked.length, 1, answer);
      assert.ok(person.asked[0].includes(volume_name), person.asked[0]);
      assert.equal(result.isError ?? false, !removed, answer);
      const { isError } = await client.call("docker_inspect_volume", { volume_name });
      assert.equal(isError ?? false, removed, answer);
    }
  },
  "cancels a call": async (client) => {
    const command = { container_id: web, command: ["sleep", "600"], timeout: 600 };
    const controller = new AbortController();
    let heard = 0;
    const onprogress = () => {
      heard += 1;
      controller.abort("enough");
    };
    const { signal } = controller;
    await assert.rejects(client.call("docker_exec_command", command, { onprogress, signal }));
    // There is one permit, so that this one waits for the end of the one before.
    const next = client.call("docker_version", {}).then(() => "answered");
    assert.equal(await Promise.race([next, sleep(240_000, "waited", { ref: false })]), "answered");
    await sleep(5000);
    assert.equal(heard, 1);
  },
};
