// What every TypeScript client has to see of the server, whatever its version.
//
// `call(tool, arguments, options)` is the SDK's own, with `onprogress` and `signal` in its options.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

export const server = process.argv[2];
export const container = process.env.MCP_DOCKER_TEST_CONTAINER;
// One call at a time, so that a call that was cancelled and goes on is found out by the next one.
export const env = {
  DOCKER_HOST: process.env.DOCKER_HOST,
  SAFETY_MAX_CONCURRENT_OPERATIONS: "1",
  MCP_LOG_LEVEL: "WARNING",
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
