// The TypeScript SDK from version 2 on, in the era of the protocol that `ERA` says.

import {
  SSEClientTransport,
  Client as Sdk,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { check } from "./checks.mjs";
import { Client, News, Person, env, server, transport } from "./client.mjs";

class Legacy extends Client {
  // This SDK gives both codes as the newer one.
  notFound = -32602;

  call(name, args, options) {
    return this.sdk.callTool({ name, arguments: args }, options);
  }
}

class Modern extends Legacy {
  async subscribed({ uris = [], list = false }, during) {
    const filter = { resourceSubscriptions: uris, resourcesListChanged: list };
    const subscription = await this.sdk.listen(filter);
    await during();
    await subscription.close();
  }
}

const connection = {
  stdio: () => new StdioClientTransport({ command: server, env }),
  sse: () => new SSEClientTransport(new URL(server)),
  http: () => new StreamableHTTPClientTransport(new URL(server)),
}[transport];

const [mode, Version] = {
  legacy: ["legacy", Legacy],
  modern: [{ pin: "2026-07-28" }, Modern],
}[env.ERA];
const [person, news] = [new Person(), new News()];
const options = { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } };
const sdk = new Sdk({ name: "test", version: "1" }, options);
sdk.setRequestHandler("elicitation/create", (request) => person.elicit(request));
sdk.setNotificationHandler("notifications/resources/updated", ({ params }) => news.tell(params.uri));
sdk.setNotificationHandler("notifications/resources/list_changed", () => news.tell("list"));
await sdk.connect(connection());
await check(new Version(sdk, person, news, `typescript 2, ${mode.pin ?? mode}`));
await sdk.close();
// The SDK's clock for a call that was cancelled runs on, and would keep this process for minutes.
process.exit();
