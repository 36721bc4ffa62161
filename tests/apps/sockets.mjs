// A page of a browser that is itself a client of the server, over a socket.
import { browser, equal, host_port, serve } from "./stage.mjs";

/** Speaks the protocol from a page, and gives what it was answered and how the socket ended. */
const spoken = async (origin, address) => {
  const page = await browser.newPage();
  await page.goto(origin);
  const told = await page.evaluate((address) => new Promise((resolve) => {
    const socket = new WebSocket(address, "mcp");
    const answers = [];
    const send = (message) => socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    socket.onopen = () => send({
      id: 0, method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "a page", version: "1" } },
    });
    socket.onmessage = ({ data }) => {
      answers.push(JSON.parse(data));
      if (answers.length === 1) {
        send({ method: "notifications/initialized" });
        send({ id: 1, method: "tools/call", params: { name: "docker_version", arguments: {} } });
      } else {
        socket.close(1000);
      }
    };
    socket.onclose = ({ code }) => resolve({ answers, code, protocol: socket.protocol });
  }), address);
  await page.close();
  return told;
};

export const sockets = {
  async "is a client where its origin is allowed, and no other page is"() {
    const [ours, others] = [`http://127.0.0.1:${host_port}`, `http://localhost:${host_port}`];
    const { process, address } = await serve("websocket", { MCP_DOCKER_ALLOWED_ORIGIN: ours });
    try {
      const { answers: [opened, called], code, protocol } = await spoken(ours, address.href);
      equal([opened.id, opened.result.serverInfo.name, code, protocol], [0, "mcp-docker", 1000, "mcp"]);
      equal([called.id, called.result.isError], [1, false], JSON.stringify(called));
      const refused = await spoken(others, address.href);
      equal([refused.answers, refused.code], [[], 1006]);
    } finally {
      process.removeAllListeners("exit");
      process.kill();
    }
  },
};
