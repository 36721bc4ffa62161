#!/usr/bin/env node
// Starts the program of this platform, which npm has put into a package of its own.
"use strict";

const { spawn } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "mcp-docker.exe" : "mcp-docker";

let program;
try {
  program = require.resolve(`mcp-docker-${platform}/bin/${file}`);
} catch {
  const known = Object.keys(require("../package.json").optionalDependencies);
  const help = known.includes(`mcp-docker-${platform}`)
    ? "npm left out its optional package: install it again without --omit=optional"
    : `there is none for this platform; there are ${known.map((it) => it.replace("mcp-docker-", "")).join(", ")}`;
  console.error(`mcp-docker: the program for ${platform} is missing: ${help}`);
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const pass = (signal) => child.kill(signal);
for (const signal of signals) process.on(signal, pass);
child.on("error", (error) => {
  console.error(`mcp-docker: ${program} cannot be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (status, signal) => {
  for (const each of signals) process.off(each, pass);
  if (signal) process.kill(process.pid, signal);
  else process.exit(status);
});
