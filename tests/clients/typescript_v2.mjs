// The TypeScript SDK from version 2 on, in both eras of the protocol.

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { check, elicit, env, server } from "./checks.mjs";

for (const mode of ["legacy", { pin: "2026-07-28" }]) {
  const options = { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } };
  const client = new Client({ name: "test", version: "1" }, options);
  client.setRequestHandler("elicitation/create", elicit);
  await client.connect(new StdioClientTransport({ command: server, env }));
  await check(`typescript 2, ${mode.pin ?? mode},`, {
    tools: async () => (await client.listTools()).tools,
    call: (name, args, options) => client.callTool({ name, arguments: args }, options),
  });
  await client.close();
}
