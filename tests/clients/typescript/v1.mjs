// The TypeScript SDK before version 2: what most installed clients are.

import { Client as Sdk } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import {
  ElicitRequestSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";

import { check } from "./checks.mjs";
import { Client, News, Person, env, server, transport } from "./client.mjs";

class Version1 extends Client {
  call(name, args, options) {
    return this.sdk.callTool({ name, arguments: args }, undefined, options);
  }
}

const connection = {
  stdio: () => new StdioClientTransport({ command: server, env }),
  sse: () => new SSEClientTransport(new URL(server)),
  http: () => new StreamableHTTPClientTransport(new URL(server)),
  websocket: () => new WebSocketClientTransport(new URL(server)),
}[transport];

const [person, news] = [new Person(), new News()];
const sdk = new Sdk({ name: "test", version: "1" }, { capabilities: { elicitation: {} } });
sdk.setRequestHandler(ElicitRequestSchema, (request) => person.elicit(request));
sdk.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => news.tell(params.uri));
sdk.setNotificationHandler(ResourceListChangedNotificationSchema, () => news.tell("list"));
await sdk.connect(connection());
await check(new Version1(sdk, person, news, "typescript 1"));
await sdk.close();
// The SDK's clock for a call that was cancelled runs on, and would keep this process for minutes.
process.exit();
