// Every way in which a panel is answered, or is not. Each gets the names of two containers that no other has.
import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import {
  PATIENCE, asked, bring, call, click, engine, equal, has, hears, host, host_port, lacks, mcp, model, nonce_of, open, panels, remove,
  sandbox_port, says, settings, text,
} from "./stage.mjs";

const { SERVER, SERVER_HOME, PICTURES } = process.env;

/** What a client declares that shows pages. */
export const capabilities = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } } };

export const scenarios = {
  async "approves, in both eras of the protocol"(web, db) {
    for (const era of ["legacy", "modern"]) {
      const page = await host({ era });
      has(page.told.instructions, "in a panel");
      engine.make(web);
      const { result, panel } = await asked(page, web);
      equal(Object.keys(result.structuredContent), ["plan"]);
      has(await text(panel, "head"), "Remove container?");
      equal(await text(panel, "plan"), result.structuredContent.plan.text);
      has(await text(panel, "until"), "Answer by");
      equal(engine.gone, []);
      await click(panel, "approve");
      await says(panel, "say", "Approved, and done.");
      equal(engine.gone, [web], era);
      await hears(page, "They approved it, and it was done");
      lacks(await model(page), nonce_of(result));
      const again = await remove(page, web);
      has(again.content[0].text, "the person agreed to it, and it was done");
      const [, shown] = await panels(page, 2);
      await says(shown, "head", "Nothing to approve");
      engine.gone = [];
      await page.close();
    }
  },

  async "declines"(web, db) {
    const page = await host();
    engine.make(web);
    const { panel } = await asked(page, web);
    await click(panel, "decline");
    await says(panel, "say", "Declined; nothing was done.");
    await hears(page, "They declined it; nothing was done.");
    const told = await remove(page, web);
    has(told.content[0].text, "the person declined");
    await page.close();
  },

  async "is closed without an answer"(web, db) {
    const page = await host();
    engine.make(web);
    await asked(page, web);
    equal(await page.evaluate(() => H.bridge.teardownResource({})), {});
    await page.evaluate(() => document.querySelector("iframe.view").remove());
    const { panel } = await asked(page, web);
    await click(panel, "decline");
    await says(panel, "say", "Declined");
    await page.close();
  },

  async "expires"(web, db) {
    const page = await host();
    engine.make(web);
    await remove(page, web, { change: "aged" });
    const [panel] = await panels(page);
    await says(panel, "say", "Too late");
    equal(await panel.$eval("#ask", (ask) => ask.hidden), true);
    await page.close();
  },

  async "asks again where the plan changed meanwhile, with the difference marked"(web, db) {
    const page = await host();
    engine.make(web, "shop:1");
    const { result, panel } = await asked(page, web);
    engine.make(web, "shop:2");
    await click(panel, "approve");
    await says(panel, "say", "what differs is marked");
    has(await panel.$$eval("#plan del", (all) => all.map((it) => it.textContent).join()), "shop:1");
    has(await panel.$$eval("#plan ins", (all) => all.map((it) => it.textContent).join()), "shop:2");
    equal(engine.gone, []);
    // The same name and the same words, and yet another.
    engine.make(web, "shop:2");
    await click(panel, "approve");
    await says(panel, "say", "what has these names now is not what had them then");
    equal(engine.gone, []);
    has((await bring(page, nonce_of(result))).content[0].text, "answered already");
    await click(panel, "approve");
    await says(panel, "say", "Approved, and done.");
    equal(engine.gone.splice(0), [web]);
    await page.close();
  },

  async "stands beside another"(web, db) {
    const page = await host();
    engine.make(web);
    engine.make(db);
    await Promise.all([remove(page, web), remove(page, db)]);
    const both = await panels(page, 2);
    for (const panel of both) await open(panel);
    // The lower one first: its result takes room.
    const [first, second] = both;
    const name = (await text(second, "plan")).includes(web) ? web : db;
    await click(second, "approve");
    await says(second, "say", "Approved, and done.");
    await click(first, "decline");
    await says(first, "say", "Declined");
    equal(engine.gone.splice(0), [name]);
    await page.close();
  },

  async "is loaded again before it is answered, and shown again after"(web, db) {
    const page = await host();
    engine.make(web);
    const { result } = await asked(page, web);
    const again = async () => {
      await page.evaluate(() => document.querySelector("iframe.view").remove());
      await page.evaluate((result) => H.show(H.tools.get("docker_remove_container"), {}, Promise.resolve(result)), result);
      const [panel] = await panels(page);
      await open(panel);
      return panel;
    };
    const loaded = await again();
    await click(loaded, "approve");
    await says(loaded, "say", "Approved, and done.");
    const shown = await again();
    await click(shown, "approve");
    await says(shown, "say", "answered already");
    has(await text(shown, "head"), "Answered already");
    equal(engine.gone.splice(0), [web]);
    await page.close();
  },

  async "takes a nonce once, from its own client, in whichever session"(web, db) {
    const page = await host();
    engine.make(web);
    const { result } = await asked(page, web);
    const nonce = nonce_of(result);
    has((await bring(page, nonce, "read")).error, "unknown tool");
    equal((await bring(page, `${nonce}0`)).isError, true);
    equal(engine.gone, []);
    equal((await bring(page, nonce)).isError, false, "in a session of its own");
    equal(engine.gone, [web]);
    has((await bring(page, nonce)).content[0].text, "answered already");
    engine.make(db);
    const { panel } = await asked(page, db, { byAnother: true });
    await click(panel, "approve");
    await says(panel, "say", "Approved, and done.");
    equal(engine.gone.splice(0), [web, db]);
    await page.close();
  },

  async "counts for nothing where the model calls its tool"(web, db) {
    const page = await host();
    engine.make(web);
    const { panel } = await asked(page, web);
    // A host that keeps it from the model, and one that does not.
    lacks(await page.evaluate(() => H.shownToModel().join()), "docker_approve");
    for (const args of [{}, { approve: true }, { nonce: "", approve: true }, { nonce: "0".repeat(32), approve: true }]) {
      const result = await page.evaluate((args) => H.client.callTool({ name: "docker_approve", arguments: args }), args);
      equal(result.isError, true, JSON.stringify(args));
    }
    equal(engine.gone, []);
    await click(panel, "decline");
    await says(panel, "say", "Declined");
    await page.close();
  },

  async "says where to answer where a host drops _meta, or lets no page act"(web, db) {
    const page = await host();
    engine.make(web);
    await remove(page, web, { change: "dropsMeta" });
    const [panel] = await panels(page);
    await says(panel, "say", "in a terminal with “mcp-docker call docker_remove_container …”");
    has(await text(panel, "plan"), "Remove container");
    equal(await panel.$eval("#ask", (ask) => ask.hidden), true);
    engine.make(db);
    await remove(page, db, { capabilities: {} });
    const [, mute] = await panels(page, 2);
    await says(mute, "say", "lets no panel answer");
    equal(await mute.$eval("#ask", (ask) => ask.hidden), true);
    await page.close();
  },

  async "does not know what came of a call that outlasts the host's limit, and the call goes on"(web, db) {
    const page = await host();
    engine.make(web);
    const { panel } = await asked(page, web, { limit: 600 });
    engine.delay = 2500;
    await click(panel, "approve");
    await says(panel, "say", "It is not known whether it was done");
    lacks(await text(panel, "head"), "fail");
    await hears(page, "it is not known whether it was done");
    equal(engine.gone, []);
    has((await remove(page, web)).content[0].text, "is being made");
    for (const since = Date.now(); engine.gone.length === 0 && Date.now() - since < PATIENCE;) {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    engine.delay = 0;
    equal(engine.gone.splice(0), [web]);
    await page.close();
  },

  async "heeds no click that no person made"(web, db) {
    const page = await host();
    engine.make(web);
    const { panel } = await asked(page, web);
    await panel.evaluate(() => {
      for (const id of ["approve", "decline"]) {
        const button = document.getElementById(id);
        button.click();
        button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        button.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      }
    });
    has(await text(panel, "say"), "Nothing is done until you answer.");
    equal(engine.gone, []);
    await click(panel, "approve");
    await says(panel, "say", "Approved, and done.");
    equal(engine.gone.splice(0), [web]);
    await page.close();
  },

  async "tells the person where a host does not tell the model"(web, db) {
    const page = await host();
    engine.make(web);
    const { panel } = await asked(page, web, { capabilities: { serverTools: {} } });
    await click(panel, "decline");
    await says(panel, "say", "The client does not tell the model");
    await page.close();
  },

  async "shows names as text, and a long plan whole in a small box"(web, db) {
    const page = await host();
    engine.make(web, "<img src=x onerror=alert(1)><b>shop</b>");
    const { panel } = await asked(page, web);
    has(await text(panel, "plan"), "<img src=x onerror=alert(1)><b>shop</b>");
    equal(await panel.$eval("#plan", (plan) => plan.children.length), 0);
    engine.volumes = Array.from({ length: 200 }, (_, at) => ({
      Name: String(at).padStart(64, "0"), Driver: "local", Labels: { "com.docker.volume.anonymous": "" },
    }));
    await call(page, "docker_prune_volumes", {});
    const [, long] = await panels(page, 2);
    await open(long);
    has(await text(long, "plan"), "199".padStart(64, "0"));
    equal(await long.$eval("#plan", (plan) => plan.scrollHeight > plan.clientHeight && plan.tabIndex === 0), true);
    await page.waitForFunction(() => {
      const [, frame] = document.querySelectorAll("iframe.view");
      return frame.clientHeight > 250 && frame.clientHeight <= 500;
    }, { timeout: PATIENCE });
    equal(await long.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), true);
    await page.close();
  },

  async "is answered by keyboard, and read aloud, in light and dark"(web, db) {
    const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
    for (const [theme, name] of [["light", web], ["dark", db]]) {
      const page = await host();
      engine.make(name);
      const { panel } = await asked(page, name, { theme });
      equal(await panel.$eval("html", (root) => root.dataset.theme), theme);
      await panel.evaluate(axe);
      const found = await panel.evaluate(async () => (await axe.run()).violations.map((it) => [it.id, it.nodes[0].html]));
      equal(found, [], theme);
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/approval-${theme}.png`, clip: { x: 8, y: 16, width: 660, height: 192 } });
      await panel.focus("#plan");
      await page.keyboard.press("Tab");
      equal(await panel.evaluate(() => document.activeElement.id), "decline");
      await page.keyboard.press("Tab");
      equal(await panel.evaluate(() => document.activeElement.id), "approve");
      await page.keyboard.press("Enter");
      await says(panel, "say", "Approved, and done.");
      equal(await panel.$eval("#say", (it) => it.getAttribute("role")), "status");
      equal(engine.gone.splice(0), [name]);
      await page.close();
    }
  },

  async "reaches nothing, and works where a host is early, and in a frame without an origin"(web, db) {
    const page = await host();
    engine.make(db);
    const early = await asked(page, db, { early: true });
    await click(early.panel, "decline");
    await says(early.panel, "say", "Declined");
    await page.evaluate(() => document.querySelector("iframe.view").remove());
    engine.make(web);
    const { panel } = await asked(page, web, { sandbox: "allow-scripts" });
    equal(await panel.evaluate(() => self.origin), "null");
    for (const address of [`http://127.0.0.1:${host_port}/`, `http://localhost:${sandbox_port}/`, mcp.href]) {
      has(await panel.evaluate((address) => fetch(address).then(() => "reached", (error) => error.name), address), "Error");
    }
    await click(panel, "approve");
    await says(panel, "say", "Approved, and done.");
    equal(engine.gone.splice(0), [web]);
    const elsewhere = page.requested.filter((it) => !/^(data:|about:)/.test(it) && new URL(it).port !== String(host_port)
      && new URL(it).port !== String(sandbox_port) && it !== mcp.href);
    equal(elsewhere, []);
    equal(page.errors, []);
    await page.close();
  },

  async "gives plans that the older SDK's client takes, too"(web, db) {
    const client = new Client({ name: "sdk-1", version: "1" }, { capabilities });
    await client.connect(new StdioClientTransport({ command: SERVER, env: settings, cwd: SERVER_HOME, stderr: "ignore" }));
    // From here on it holds results against the schemas.
    equal((await client.listTools()).tools.some((tool) => tool.name === "docker_approve"), true);
    engine.make(web);
    const again = () => client.callTool({ name: "docker_remove_container", arguments: { container_id: web } });
    const plan = await again();
    equal(Object.keys(plan.structuredContent), ["plan"]);
    const answer = { nonce: nonce_of(plan), approve: true };
    equal((await client.callTool({ name: "docker_approve", arguments: answer })).isError, false);
    equal((await again()).isError, false);
    equal(engine.gone.splice(0), [web]);
    await client.close();
  },
};
