// What a host does with MCP Apps, made of the official bridge: it makes the model's calls, shows the page that a
// tool names, and keeps what the model was given.
import {
  AppBridge, PostMessageTransport, RESOURCE_MIME_TYPE, getToolUiResourceUri, isToolVisibilityAppOnly, isToolVisibilityModelOnly,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const sandbox = new URLSearchParams(location.search).get("sandbox");
const H = window.H = { model: [], client: null, tools: new Map(), shown: 0, called: [], refuses: null };

/** A client of the server: in which era, with which token, and whether it declares that it shows pages. */
H.open = async ({ era = "legacy", as = "full" } = {}) => {
  const capabilities = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } } };
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "a-host", version: "1" }, { capabilities, versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp?as=${as}`, location.href)));
  return client;
};

/** Where it is `fast`, the clocks of its pages wake them so much sooner. */
H.connect = async ({ fast, ...options }) => {
  H.fast = fast;
  H.client = await H.open(options);
  const { tools } = await H.client.listTools();
  H.tools = new Map(tools.map((tool) => [tool.name, tool]));
  return { version: H.client.getNegotiatedProtocolVersion?.(), instructions: H.client.getInstructions() };
};

/** The tools that the host shows its model. */
H.shownToModel = () => [...H.tools.values()].filter((tool) => !isToolVisibilityAppOnly(tool)).map((tool) => tool.name);

/** A call of the model, with the page beside it. */
H.call = async (name, args, options = {}) => {
  const tool = H.tools.get(name);
  const result = H.client.callTool({ name, arguments: args });
  result.then((it) => H.model.push(JSON.stringify([it.content, it.structuredContent])), () => {});
  if (getToolUiResourceUri(tool)) await H.show(tool, args, result, options);
  return await result;
};

/** Shows the page of a tool, and gives it a result. */
H.show = async (tool, args, result, options = {}) => {
  const { contents } = await H.client.readResource({ uri: getToolUiResourceUri(tool) });
  const [page] = contents;
  if (contents.length !== 1 || page.mimeType !== RESOURCE_MIME_TYPE) throw new Error(JSON.stringify(contents).slice(0, 200));
  const frame = document.createElement("iframe");
  frame.className = "view";
  frame.id = `view-${++H.shown}`;
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  document.querySelector("#chat").append(frame);
  document.body.classList.toggle("dark", options.theme === "dark");
  const bridge = new AppBridge(H.client, { name: "a-host", version: "1" },
    options.capabilities ?? { serverTools: {}, updateModelContext: { text: {} } },
    { hostContext: { theme: options.theme ?? "light", displayMode: "inline", locale: "en", toolInfo: options.silent ? undefined : { tool } } });
  H.bridge = bridge;
  bridge.onupdatemodelcontext = async ({ content }) => {
    H.model.push(JSON.stringify(content));
    return {};
  };
  bridge.addEventListener("sizechange", ({ height }) => { if (height) frame.style.height = `${height}px`; });
  const proxy = new Promise((resolve) => bridge.addEventListener("sandboxready", resolve));
  const page_ready = new Promise((resolve) => bridge.addEventListener("initialized", resolve));
  const address = new URL(sandbox);
  address.searchParams.set("csp", JSON.stringify(page._meta?.ui?.csp ?? {}));
  // Whoever drives the browser knows it by this.
  address.searchParams.set("view", frame.id);
  if (H.fast) address.searchParams.set("fast", H.fast);
  frame.src = address.href;
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  // The bridge hands on whatever a page calls: which tools are for pages is for the host to see to.
  bridge.oncalltool = async (params, { mcpReq }) => {
    H.called.push({ name: params.name, arguments: params.arguments });
    if (H.refuses) throw new Error(H.refuses);
    const called = H.tools.get(params.name);
    if (!called || isToolVisibilityModelOnly(called)) throw new Error(`${params.name} is not for pages`);
    const client = options.byAnother ? await H.open() : H.client;
    try {
      return await client.request({ method: "tools/call", params }, { signal: mcpReq.signal, timeout: options.limit ?? 60_000 });
    } finally {
      if (options.byAnother) await client.close();
    }
  };
  await proxy;
  await bridge.sendSandboxResourceReady({ html: page.text, sandbox: options.sandbox, csp: page._meta?.ui?.csp });
  if (!options.early) await page_ready;
  if (!options.silent) await bridge.sendToolInput({ arguments: args });
  result.then(
    (it) => bridge.sendToolResult(options.change ? changed(it, options.change) : it),
    (error) => bridge.sendToolCancelled({ reason: error.message }),
  );
};

/** The result as a host hands it on that keeps some of it, or late. */
function changed(result, how) {
  const { _meta, ...rest } = structuredClone(result);
  if (how === "dropsMeta") return rest;
  if (how === "textAlone") return { content: rest.content };
  if (how === "aged") _meta["io.mcp-docker/approval"].until = new Date(Date.now() + 1500).toISOString();
  return { ...rest, _meta };
}

H.ready = true;
