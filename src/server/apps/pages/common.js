"use strict";

const $ = (id) => document.getElementById(id);

/** The texts of a result. */
const texts = (result) => (Array.isArray(result.content) ? result.content : [])
  .filter((block) => block?.type === "text").map((block) => String(block.text)).join("\n");

/** What every page has with its host: JSON-RPC over postMessage, as MCP Apps have it. */
const page = (() => {
  // Longer than any operation takes. The host mostly gives up sooner.
  const PATIENCE_MS = 15 * 60_000;

  const waiting = new Map();
  let last = 0;
  let capabilities = {};
  let tool = null;       // the tool that was called, by its name
  let ready = null;
  let on = {};           // what the page does when the host says something
  let size = "";

  const post = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const request = (method, params, limit = PATIENCE_MS) => new Promise((resolve, reject) => {
    const id = ++last;
    const timer = setTimeout(() => {
      waiting.delete(id);
      reject(new Error("the client did not answer"));
    }, limit);
    waiting.set(id, (message) => {
      clearTimeout(timer);
      if (message.error) reject(new Error(String(message.error.message)));
      else resolve(message.result ?? {});
    });
    post({ id, method, params });
  });

  function context(changed) {
    if (changed.theme) document.documentElement.dataset.theme = changed.theme;
    for (const [name, value] of Object.entries(changed.styles?.variables ?? {})) {
      if (name.startsWith("--") && value) document.documentElement.style.setProperty(name, value);
    }
    tool = changed.toolInfo?.tool?.name ?? tool;
  }

  const heard = {
    "ui/notifications/tool-input": (params) => on.input?.(params.arguments ?? {}),
    "ui/notifications/tool-result": (result) => ready.then(() => on.result?.(result), () => {}),
    "ui/notifications/tool-cancelled": (params) => on.cancelled?.(params.reason),
    "ui/notifications/host-context-changed": context,
  };

  function listen(event) {
    const message = event.data;
    if (event.source !== window.parent || message?.jsonrpc !== "2.0") return;
    if (message.method === undefined) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    } else if (message.id === undefined) {
      if (Object.hasOwn(heard, message.method)) heard[message.method](message.params ?? {});
    } else if (message.method === "ping" || message.method === "ui/resource-teardown") {
      post({ id: message.id, result: {} });
      if (message.method !== "ping") on.ended?.();
    } else {
      post({ id: message.id, error: { code: -32601, message: "Method not found" } });
    }
  }

  function measure() {
    const root = document.documentElement, kept = root.style.height;
    root.style.height = "max-content";
    const height = Math.ceil(root.getBoundingClientRect().height), width = Math.ceil(window.innerWidth);
    root.style.height = kept;
    if (size === `${width} ${height}`) return;
    size = `${width} ${height}`;
    post({ method: "ui/notifications/size-changed", params: { width, height } });
  }

  /** Begins with the host. What it says then, and may have said before, is given to `handlers`. */
  function begin(name, handlers) {
    on = handlers;
    // Before anything is asked: some hosts send first.
    window.addEventListener("message", listen);
    ready = request("ui/initialize", {
      protocolVersion: "2026-01-26",
      appInfo: { name, version: "1" },
      appCapabilities: { availableDisplayModes: ["inline"] },
    }, 30_000).then((result) => {
      capabilities = result.hostCapabilities ?? {};
      context(result.hostContext ?? {});
      post({ method: "ui/notifications/initialized", params: {} });
      new ResizeObserver(() => requestAnimationFrame(measure)).observe(document.body);
      measure();
    });
    ready.catch((error) => on.unanswered?.(error));
  }

  return {
    begin, request,
    /** What the host lets a page do. */
    get host() { return capabilities; },
    get tool() { return tool; },
  };
})();
