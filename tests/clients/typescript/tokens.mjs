// Holds the largest results against what Claude Code takes: 25,000 tokens, by two tokenizers.
//
//   tokens.mjs stdio BINARY
//
// Each kind of text is written to the log of a container, and to a file that a command prints, far
// more of it than a result holds. Prints the figures, and `ok` or `FAILED` for each result.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";

import { countTokens as claude } from "@anthropic-ai/tokenizer";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { encode as o200k } from "gpt-tokenizer/encoding/o200k_base";

const MOST = 25_000;
const BYTES = 120_000;
const binary = process.argv[3];
const prefix = process.env.MCP_DOCKER_TEST_PREFIX;

// The same text at each run, with nothing in it that repeats.
let drawn = 0;
const hash = () => createHash("sha256").update(`${drawn++}`).digest();
const number = (below) => hash().readUInt32BE() % below;
const of = (alphabet, length) =>
  Array.from({ length }, () => [...alphabet][number([...alphabet].length)]).join("");
const uuid = () => hash().toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
const small = "abcdefghijklmnopqrstuvwxyz";
const letters = small + small.toUpperCase();
const time = () => `2026-11-27T07:${10 + number(49)}:${10 + number(49)}.${100 + number(899)}Z`;

const kinds = {
  "JSON log": () =>
    JSON.stringify({
      time: time(), level: ["info", "warn"][number(2)], msg: "request finished", method: "GET",
      path: `/api/v1/orders/${number(100000)}`, status: 200, duration_ms: number(1000), request_id: uuid(),
    }),
  "access log": () =>
    `10.${number(255)}.${number(255)}.${number(255)} - - [27/Nov/2026:07:10:11 +0000] "GET /js/main.${hash().toString("hex", 0, 4)}.js HTTP/1.1" 200 ${number(100000)} "https://example.com/shop?id=${number(1000)}" "Mozilla/5.0 (X11; Linux x86_64)"`,
  UUIDs: uuid,
  Japanese: () => `注文を処理しました。在庫が不足しているため、発送は明日になります。番号：${number(10000)}`,
  "stack trace": () => `\tat com.example.shop.OrderService.process(OrderService.java:${number(400)})`,
  digests: () => hash().toString("hex"),
  base64: () => Buffer.concat([hash(), hash()]).toString("base64"),
  "random letters": () => of(letters, 60),
  "random capitals": () => of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 52),
  "random small letters": () => of(small, 60),
  punctuation: () => of("!@#$%^&*()_+-=[]{}|;:,./<>?~`", 60),
  "random ASCII": () => of(`${letters}0123456789!@#$%^&*()_+-=[]{}|;:,./<>?~ "\\`, 60),
  numbers: () => Array.from({ length: 12 }, () => number(1e6) / 1e3).join(" "),
  emoji: () => "🔥🚀✅❌⚠️".repeat(8),
  Chinese: () => String.fromCodePoint(...Array.from({ length: 40 }, () => 0x4e00 + number(0x5000))),
  Korean: () => String.fromCodePoint(...Array.from({ length: 40 }, () => 0xac00 + number(11000))),
};

let failed = false;
function measure(what, result) {
  const text = result.content[0].text;
  const counts = [claude(text), o200k(text).length];
  const fits = !result.isError && Math.max(...counts) <= MOST && Buffer.byteLength(text) <= 40_000;
  failed ||= !fits;
  const [first, second] = counts;
  console.log(`${fits ? "ok" : "FAILED"} ${what}: ${Buffer.byteLength(text)} bytes, ${first} tokens (claude), ${second} (o200k)`);
}

const docker = (input, ...args) => {
  const done = spawnSync("docker", args, { input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`docker ${args[0]}: ${done.stderr}`);
};

const sdk = new Client({ name: "tokens", version: "1" });
await sdk.connect(new StdioClientTransport({ command: binary, env: { ...process.env } }));
const call = (name, args) => sdk.callTool({ name, arguments: args });
for (const [at, [kind, line]] of Object.entries(kinds).entries()) {
  let text = "";
  while (Buffer.byteLength(text) < BYTES) text += `${line()}\n`;
  const name = `${prefix}-${at}`;
  const image = process.env.MCP_DOCKER_TEST_IMAGE;
  docker(text, "run", "--interactive", "--name", name, image, "cat");
  measure(`log, ${kind}`, await call("docker_container_logs", { container_id: name, tail: "all" }));
  execFileSync("docker", ["rm", "--force", name]);
  docker(text, "run", "--detach", "--interactive", "--name", name, image, "sleep", "600");
  docker(text, "exec", "--interactive", name, "sh", "-c", "cat > /text");
  measure(`command, ${kind}`, await call("docker_exec_command", { container_id: name, command: "cat /text" }));
  execFileSync("docker", ["rm", "--force", name]);
}
await sdk.close();
process.exit(failed ? 1 : 0);
