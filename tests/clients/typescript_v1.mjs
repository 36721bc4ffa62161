// The TypeScript SDK before version 2: what most installed clients are.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { check, elicit, env, server } from "./checks.mjs";

const capabilities = { elicitation: {} };
const client = new Client({ name: "test", version: "1" }, { capabilities });
client.setRequestHandler(ElicitRequestSchema, elicit);
const transport = new StdioClientTransport({ command: server, env });
await client.connect(transport);
await check("typescript 1,", {
  tools: async () => (await client.listTools()).tools,
  call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options),
});
await client.close();
