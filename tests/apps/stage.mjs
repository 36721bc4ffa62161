// The Engine, the servers, the host in front of it and the browser, and what a scenario does with them.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { buildSync } from "esbuild";
import puppeteer from "puppeteer-core";
import { Engine } from "./engine.mjs";

const { SERVER, SERVER_HOME } = process.env;
export const TOKENS = { full: "correct-horse", read: "battery-staple" };
const APPROVAL = "io.mcp-docker/approval";
const file = (name) => readFileSync(new URL(name, import.meta.url), "utf8");

export const fail = (text) => { throw new Error(text); };
export const equal = (is, want, what = "") => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(want)];
  if (a !== b) fail(`${what} ${a}, not ${b}`);
};
export const has = (text, part) => String(text).includes(part) || fail(`no “${part}” in: ${text}`);
export const lacks = (text, part) => String(text).includes(part) && fail(`“${part}” in: ${text}`);

// --- The Engine, the server, and the host in front of it.

export const engine = new Engine();
export const settings = {
  PATH: process.env.PATH, HOME: SERVER_HOME,
  DOCKER_BASE_URL: await engine.start(),
  SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS: "true",
  MCP_DOCKER_TOOLSETS: "default,insight",
};
/** A server over that transport, and the address that it says. */
export async function serve(transport, env) {
  const process = spawn(SERVER, ["--transport", transport, "--port", "0"], {
    cwd: SERVER_HOME, stdio: ["ignore", "ignore", "pipe"], env: { ...settings, ...env },
  });
  const address = await new Promise((resolve, reject) => {
    let log = "";
    process.stderr.on("data", (data) => {
      log += data;
      const at = log.match(/Listening at (\S+)/);
      if (at) resolve(new URL(at[1]));
    });
    process.on("exit", () => reject(new Error(`the server ended: ${log}`)));
  });
  return { process, address };
}
export const { process: server, address: mcp } = await serve("http", {
  MCP_DOCKER_AUTH_TOKEN: TOKENS.full, MCP_DOCKER_READONLY_TOKEN: TOKENS.read,
});

const script = buildSync({
  entryPoints: [new URL("host.src.js", import.meta.url).pathname], bundle: true, format: "esm", write: false, minify: true,
}).outputFiles[0].contents;
const listen = (handler) => new Promise((resolve) => {
  const http = createServer(handler);
  http.listen(0, "127.0.0.1", () => resolve(http.address().port));
  http.unref();
});
export const host_port = await listen((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://host");
  if (pathname === "/") return response.setHeader("content-type", "text/html").end(file("host.html"));
  if (pathname === "/host.js") return response.setHeader("content-type", "text/javascript").end(script);
  if (pathname !== "/mcp") return response.writeHead(404).end();
  const headers = { ...request.headers, host: mcp.host, authorization: `Bearer ${TOKENS[searchParams.get("as")]}` };
  delete headers.origin;
  delete headers.referer;
  const up = forward(mcp, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  up.on("error", () => response.destroyed || response.writeHead(502).end());
  response.on("close", () => up.destroy());
  request.pipe(up);
});
const listed = (domains) => domains?.join(" ") || "'none'";
export const sandbox_port = await listen((request, response) => {
  const csp = JSON.parse(new URL(request.url, "http://sandbox").searchParams.get("csp") ?? "{}");
  const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    + `img-src 'self' data:; connect-src ${listed(csp.connectDomains)}; frame-src 'self'; object-src 'none'`;
  response.setHeader("content-security-policy", policy).setHeader("content-type", "text/html").end(file("sandbox.html"));
});

// --- The browser.

export const browser = await puppeteer.launch({ executablePath: process.env.CHROME ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
export const PATIENCE = 15_000;

/** Those that a scenario opened. */
export const hosts = [];
/** A host that has its client. */
export async function host(options = {}) {
  const page = await browser.newPage();
  hosts.push(page);
  await page.setViewport({ width: 700, height: 1000 });
  page.requested = [];
  page.on("request", (request) => page.requested.push(request.url()));
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(error.message));
  await page.goto(`http://127.0.0.1:${host_port}/?sandbox=${encodeURIComponent(`http://localhost:${sandbox_port}/`)}`);
  await page.waitForFunction("window.H?.ready");
  page.told = await page.evaluate((options) => H.connect(options), options);
  return page;
}

/** The pages that are shown and have such an element, in order. */
async function frames(page, element, count) {
  for (const since = Date.now(); Date.now() - since < PATIENCE; await new Promise((resolve) => setTimeout(resolve, 30))) {
    const found = [];
    for (const frame of page.frames()) if (await frame.$(element).catch(() => null)) found.push(frame);
    if (found.length >= count) return found;
  }
  return fail(`there are no ${count} pages with ${element}`);
}
export const panels = (page, count = 1) => frames(page, "#ask", count);
/** Makes a call and gives the page on which its result is to be looked at. */
export async function look(page, tool, args, options = {}) {
  const result = await call(page, tool, args, options);
  const view = (await frames(page, "#when", 1)).at(-1);
  await view.waitForFunction(() => ["when", "trouble", "say"].some((id) => document.getElementById(id).textContent !== ""),
    { timeout: PATIENCE });
  return { result, view };
}
export const text = (panel, id) => panel.$eval(`#${id}`, (element) => element.textContent);
export const says = (panel, id, part) => panel.waitForFunction(
  (id, part) => document.getElementById(id).textContent.includes(part), { timeout: PATIENCE }, id, part,
).catch(async () => fail(`#${id} says “${await text(panel, id)}”, and never “${part}”`));
export const open = (panel) => panel.waitForSelector("#approve:not(:disabled)", { visible: true, timeout: PATIENCE });
// A frame that grows moves those below it away from under the mouse.
export const settled = async (page) => {
  await page.evaluate(() => { window.frames_before = null; });
  await page.waitForFunction(() => {
    const frames = [...document.querySelectorAll("iframe.view")].map((frame) => frame.getBoundingClientRect());
    const before = window.frames_before;
    window.frames_before = JSON.stringify(frames);
    return window.frames_before === before;
  }, { polling: 150, timeout: PATIENCE });
};
/**
 * Clicks with the mouse on what a selector finds first. Where it is, the pages themselves say: which element a frame of
 * another process stands in, the browser's driver now and then asks the wrong process.
 */
export const press = async (view, selector) => {
  await view.waitForSelector(`${selector}:not(:disabled)`, { visible: true, timeout: PATIENCE });
  const page = view.page();
  const frame = new URL(view.parentFrame().url()).searchParams.get("view");
  await page.$eval(`#${frame}`, (it) => it.scrollIntoView({ block: "nearest" }));
  await settled(page);
  const within = await view.$eval(selector, (it) => {
    it.scrollIntoView({ block: "nearest" });
    const { x, y, width, height } = it.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  const around = await page.$eval(`#${frame}`, (it) => {
    const { x, y } = it.getBoundingClientRect();
    return { x: x + it.clientLeft, y: y + it.clientTop };
  });
  await page.mouse.click(around.x + within.x, around.y + within.y);
};
export const click = async (panel, id) => {
  await open(panel);
  await press(panel, `#${id}`);
};
export const model = (page) => page.evaluate(() => H.model.join("\n"));
/** Waits until the model is told that: the person reads it sooner. */
export const hears = (page, part) => page.waitForFunction(
  (part) => H.model.join("\n").includes(part), { timeout: PATIENCE }, part,
).catch(async () => fail(`the model is never told “${part}”, but: ${await model(page)}`));
export const given = [];
export const call = async (page, tool, args, options = {}) => {
  const result = await page.evaluate((tool, args, options) => H.call(tool, args, options), tool, args, options);
  if (result._meta?.[APPROVAL]) given.push(nonce_of(result));
  return result;
};
export const remove = (page, name, options) => call(page, "docker_remove_container", { container_id: name }, options);
export const bring = (page, nonce, as = "full", approve = true) => page.evaluate(async (nonce, as, approve) => {
  const client = await H.open({ as });
  const params = { name: "docker_approve", arguments: { nonce, approve } };
  const result = await client.request({ method: "tools/call", params }).catch((error) => ({ error: error.message }));
  await client.close();
  return result;
}, nonce, as, approve);
export const nonce_of = (result) => result._meta[APPROVAL].nonce;

/** Calls for a removal, and gives the panel that asks about it. */
export async function asked(page, name, options) {
  const result = await remove(page, name, options);
  const panel = (await panels(page)).at(-1);
  await open(panel);
  return { result, panel };
}
