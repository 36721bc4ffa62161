// The containers that the checks look at, made by the Docker CLI and not by the server.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const prefix = process.env.MCP_DOCKER_TEST_PREFIX;
const image = process.env.MCP_DOCKER_TEST_IMAGE;

export const web = `${prefix}-web`;
// It holds the name of the other, and does not begin with it.
export const old = `old-${prefix}-web`;

export async function docker(...args) {
  return (await promisify(execFile)("docker", args)).stdout.trim();
}

// A container of that name during `during`; it waits, or runs a command.
export async function withContainer(name, command, during) {
  await docker("run", "--detach", "--network", "none", "--name", name, image, ...command);
  try {
    await during();
  } finally {
    await docker("rm", "--force", name);
  }
}

// `web`, which runs, during `during`.
export function withWeb(during) {
  return withContainer(web, [], during);
}

// `old`, which ran into an error, during `during`.
export function withOld(during) {
  const program = ["sh", "-c", "echo 'no such table: orders'; exit 3"];
  return withContainer(old, program, async () => {
    await docker("wait", old);
    await during();
  });
}

// Makes `web` write to its log.
export async function write(text) {
  await docker("exec", web, "sh", "-c", `echo '${text}' >/proc/1/fd/1`);
}
