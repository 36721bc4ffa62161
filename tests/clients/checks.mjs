// What every TypeScript client has to see of the server, whatever its version.
//
// `call(tool, arguments, options)` is the SDK's own, with `onprogress` and `signal` in its options.
// What the client's person is asked goes to `elicit`.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

export const server = process.argv[2];
export const container = process.env.MCP_DOCKER_TEST_CONTAINER;
// One call at a time, so that a call that was cancelled and goes on is found out by the next one.
export const env = {
  DOCKER_HOST: process.env.DOCKER_HOST,
  SAFETY_MAX_CONCURRENT_OPERATIONS: "1",
  SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS: "true",
  MCP_LOG_LEVEL: "WARNING",
};

// Answers what is asked, and remembers it.
const person = { action: "cancel", asked: [] };
export const elicit = ({ params }) => {
  person.asked.push(params.message);
  return { action: person.action, content: {} };
};

const checks = {
  "lists": async ({ tools }) => {
    const names = (await tools()).map((tool) => tool.name);
    assert.ok(names.includes("docker_list_containers"), names.join(" "));
  },
  "calls": async ({ call }) => {
    const { structuredContent } = await call("docker_list_containers", {});
    const names = structuredContent.containers.map(({ name }) => name);
    assert.ok(names.includes(container), names.join(" "));
  },
  "sees a failure": async ({ call }) => {
    const { isError, content } = await call("docker_inspect_container", {
      container_id: "no-such-container",
    });
    assert.ok(isError);
    assert.match(content[0].text, /no-such-container/);
  },
  "hears of a slow call": async ({ call }) => {
    const heard = [];
    const command = { container_id: container, command: ["sleep", "7"] };
    const onprogress = (progress) => heard.push(progress);
    const { structuredContent } = await call("docker_exec_command", command, { onprogress });
    assert.equal(structuredContent.exit_code, 0);
    assert.ok(heard.length >= 2, JSON.stringify(heard));
    for (const [index, { progress, message }] of heard.entries()) {
      assert.ok(message, JSON.stringify(heard));
      assert.ok(index === 0 || heard[index - 1].progress < progress, JSON.stringify(heard));
    }
  },
  "asks before something is lost": async ({ call }) => {
    const volume_name = `${container}-lost`;
    await call("docker_create_volume", { name: volume_name });
    for (const [action, removed] of [["decline", false], ["cancel", false], ["accept", true]]) {
      Object.assign(person, { action, asked: [] });
      const result = await call("docker_remove_volume", { volume_name });
      assert.equal(person.asked.length, 1, action);
      assert.ok(person.asked[0].includes(volume_name), person.asked[0]);
      assert.equal(result.isError ?? false, !removed, action);
      const { isError } = await call("docker_inspect_volume", { volume_name });
      assert.equal(isError ?? false, removed, action);
    }
  },
  "cancels": async ({ call }) => {
    const command = { container_id: container, command: ["sleep", "600"], timeout: 600 };
    const controller = new AbortController();
    let heard = 0;
    const onprogress = () => {
      heard += 1;
      controller.abort("enough");
    };
    const cancelled = call("docker_exec_command", command, {
      onprogress,
      signal: controller.signal,
    });
    await assert.rejects(cancelled);
    const started = Date.now();
    await call("docker_version", {});
    const took = Date.now() - started;
    assert.ok(took < 10_000, `the next call waited ${took} ms`);
    await sleep(5000);
    assert.equal(heard, 1);
  },
};

// Prints a line for each check; the exit code tells whether all passed.
export async function check(label, client) {
  for (const [name, one] of Object.entries(checks)) {
    try {
      await one(client);
      console.log(`ok ${label} ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED ${label} ${name}: ${String(error.message).split("\n").join(" ")}`);
    }
  }
}
