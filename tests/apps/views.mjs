// Pages on which results are looked at: what they show, how they ask again, and when they stop.
import { readFileSync } from "node:fs";
import { PATIENCE, engine, equal, fail, has, host, host_port, lacks, look, mcp, press, sandbox_port, says, settled, text } from "./stage.mjs";

const { PICTURES } = process.env;
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const MIB = 1024 * 1024;
const HOSTILE = "<img src=x onerror=alert(1)><b>x</b>\u202Egnp.exe";

/** Nanoseconds since 1970, so many milliseconds from now, and so many more. */
const at = (ms, nanoseconds = 0) => BigInt(Date.now() + ms) * 1_000_000n + BigInt(nanoseconds);
const called = (page) => page.evaluate(() => H.called.length);
// A page that nobody sees draws no frames, by which it would be looked at otherwise.
const until = (view, test, ...args) => view.waitForFunction(test, { polling: 50, timeout: PATIENCE }, ...args)
  .catch(() => fail(`never ${test} ${JSON.stringify(args)}`));
/** Waits until a page has nothing under way, and nothing that wakes it. */
const rests = (view) => until(view, () => window.timers.size === 0);
/** Has a page ask no more by itself. */
const pause = async (view) => {
  await press(view, "#live");
  await rests(view);
  equal(await view.$eval("#live", (it) => it.getAttribute("aria-pressed")), "false");
};
/** Puts a page's clock on, so that a picture shows more than the seconds that it took. */
const later = (view, ms) => view.evaluate((ms) => {
  const now = Date.now;
  Date.now = () => now() + ms;
}, ms);
// Not by the driver's own list, which takes a while for thousands.
const log_of = (view) => view.evaluate(() => [...document.querySelectorAll("#lines li")].map((it) => it.lastChild.textContent));
const running = (name) => engine.make(name, "shop:1", true);

/** What takes disk: an image in use, one that is not, a volume, and build cache. */
const usage = (unused = HOSTILE) => ({
  LayersSize: 900_000_000,
  Images: [
    { Id: `sha256:${"a".repeat(64)}`, RepoTags: ["shop:1"], RepoDigests: [], Size: 700_000_000, SharedSize: 100_000_000, Containers: 1, Created: 1 },
    { Id: `sha256:${"b".repeat(64)}`, RepoTags: [unused], RepoDigests: [], Size: 300_000_000, SharedSize: 100_000_000, Containers: 0, Created: 1 },
  ],
  Containers: [{ Id: "c".repeat(64), Names: ["/shop"], Image: "shop:1", ImageID: `sha256:${"a".repeat(64)}`, State: "running", Status: "Up", SizeRw: 5_000_000, Mounts: [] }],
  Volumes: [{ Name: "data", Driver: "local", Labels: null, UsageData: { Size: 250_000_000, RefCount: 0 } }],
  BuildCache: [{ ID: "layer", Type: "regular", InUse: false, Shared: false, Size: 80_000_000, Description: "RUN make" }],
});

export const views = {
  async "shows curves of what a container uses, and goes on by itself"(web) {
    const page = await host();
    running(web);
    engine.load = { cpu: 0.25, memory: 64 * MIB };
    const { result, view } = await look(page, "docker_container_stats", { container_id: web });
    equal(Math.round(result.structuredContent.stats.cpu_percent), 25);
    has(await text(view, "all"), web);
    has(await text(view, "all"), "25.0 %");
    has(await text(view, "all"), "of 512 MiB memory");
    has(await text(view, "all"), "7 processes");
    engine.load = { cpu: 1.5, memory: 128 * MIB };
    await until(view, () => document.querySelector("#all").textContent.includes("150 %"));
    equal(await page.evaluate(() => H.called[0]), { name: "docker_container_stats", arguments: { container_id: web } });
    await pause(view);
    const label = await view.$eval(".memory svg", (it) => it.getAttribute("aria-label"));
    has(label, `Memory of ${web}: now 128 MiB, between 64.0 MiB and 128 MiB in `);
    const points = await view.$eval(".cpu polyline", (it) => it.getAttribute("points").split(" ").length);
    // The same as a table, which is there for whoever sees no curve.
    await press(view, "summary");
    await view.waitForSelector("tbody tr", { timeout: PATIENCE });
    const rows = await view.$$eval("tbody tr", (all) => all.map((it) => [...it.cells].slice(1).map((cell) => cell.textContent)));
    equal([rows.length, rows[0], rows.at(-1)], [points, ["150 %", "128 MiB"], ["25.0 %", "64.0 MiB"]]);
    await page.close();
  },

  async "adds another container, and takes it away"(web, db) {
    const page = await host();
    running(web);
    running(db);
    const { view } = await look(page, "docker_container_stats", { container_id: web });
    await press(view, "#add");
    await view.waitForSelector("#which:not([hidden])", { timeout: PATIENCE });
    const offered = await view.$$eval("#which option", (all) => all.map((it) => it.value));
    equal([offered.includes(db), offered.includes(web)], [true, false]);
    await view.select("#which", db);
    await until(view, (db) => [...document.querySelectorAll("section")].some((it) =>
      it.textContent.includes(db) && it.textContent.includes("processes")), db);
    await press(view, `button[aria-label="Take ${db} away"]`);
    equal(await view.$$eval("section", (all) => all.length), 1);
    await page.close();
  },

  async "leaves a gap where a sample is not known, and says why"(web) {
    const page = await host();
    running(web);
    const { view } = await look(page, "docker_container_stats", { container_id: web });
    await pause(view);
    const kept = engine.containers.get(web);
    engine.containers.delete(web);
    await press(view, "#again");
    await says(view, "trouble", `Not known: ${web}: `);
    has(await text(view, "trouble"), "no such container");
    has(await text(view, "all"), "not known");
    engine.containers.set(web, kept);
    await press(view, "#again");
    await until(view, () => document.querySelector("#trouble").textContent === "");
    equal(await view.$$eval(".cpu polyline", (all) => all.length), 2);
    await page.close();
  },

  async "shows a log as text, and finds what is looked for"(web) {
    const page = await host();
    running(web);
    engine.write(web, [at(-3000), "GET / 200"], [at(-2000), `Error: ${HOSTILE}`, "stderr"], [at(-1000), "an error, and one more error"]);
    const { result, view } = await look(page, "docker_container_logs", { container_id: web });
    equal((await log_of(view)).join("\n"), result.structuredContent.logs);
    equal(await view.$$eval("#lines *", (all) => [...new Set(all.map((it) => it.nodeName))].sort()), ["LI", "SPAN"]);
    has(await text(view, "head"), `The log of ${web}`);
    equal(await text(view, "count"), "3 lines");
    // By keyboard alone.
    await view.focus("#log");
    await page.keyboard.press("/");
    equal(await view.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type("ERROR");
    await says(view, "count", "4 matches in 2 of 3 lines");
    equal(await view.$$eval("mark", (all) => all.map((it) => it.textContent)), ["Error", "error", "error", "error"]);
    const place = () => view.$$eval("mark", (all) => all.findIndex((it) => it.classList.contains("at")));
    equal(await place(), 0);
    await page.keyboard.press("Enter");
    equal(await place(), 1);
    await page.keyboard.down("Shift");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Shift");
    equal(await place(), 3);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    equal(await view.$$eval("#lines li:not([hidden])", (all) => all.length), 2);
    await view.focus("#search");
    await page.keyboard.press("Escape");
    equal(await view.$$eval("#lines li:not([hidden])", (all) => all.length), 3);
    await page.keyboard.type("<b>");
    await says(view, "count", "1 match in 1 of 3 lines");
    await page.close();
  },

  async "follows a log without gaps or doubles"(web) {
    const page = await host({ fast: 10 });
    running(web);
    const expected = [];
    const write = (...lines) => {
      engine.write(web, ...lines);
      expected.push(...lines);
    };
    write([at(-5000), "before"]);
    const { view } = await look(page, "docker_container_logs", { container_id: web, tail: 100 });
    equal(await log_of(view), ["before"]);
    await rests(view);
    await press(view, "#live");
    await until(view, () => document.querySelectorAll("#lines time").length === 1);
    const now = at(0);
    // Two of one moment and one text, of both streams; then one that is written after what is younger.
    write([now, "same"], [now, "same"], [now, "same", "stderr"], [now + 500n, "late"]);
    await until(view, () => document.querySelectorAll("#lines li").length === 5);
    engine.write(web, [now + 200n, "earlier", "stderr"]);
    expected.splice(4, 0, [now + 200n, "earlier"]);
    await until(view, () => document.querySelectorAll("#lines li").length === 6);
    equal(await log_of(view), expected.map(([, text]) => text));
    // More than one call gives, and still none is missed.
    const burst = at(0);
    write(...Array.from({ length: 1100 }, (_, n) => [burst + BigInt(n) * 1000n, `line ${n}`]));
    await until(view, (count) => document.querySelectorAll("#lines li").length >= count, expected.length);
    equal(await log_of(view), expected.map(([, text]) => text));
    const polls = await called(page);
    await page.waitForFunction((polls) => H.called.length >= polls + 3, { timeout: PATIENCE }, polls);
    equal((await log_of(view)).length, expected.length);
    equal(await page.evaluate(() => H.called.every((it) => it.name === "docker_container_logs")), true);
    await pause(view);
    await page.close();
  },

  async "says where lines are missing, and keeps no more than it has room for"(web) {
    const page = await host({ fast: 10 });
    running(web);
    engine.write(web, [at(-5000), "before"]);
    const { view } = await look(page, "docker_container_logs", { container_id: web, follow: true, follow_seconds: 1 });
    await until(view, () => document.querySelectorAll("#lines time").length === 1);
    const burst = at(0);
    engine.write(web, ...Array.from({ length: 2700 }, (_, n) => [burst + BigInt(n) * 1000n, `line ${n}`]));
    await view.waitForSelector("#lines .gap", { timeout: PATIENCE });
    has(await view.$eval("#lines .gap", (it) => it.textContent), "lines are missing here");
    equal((await log_of(view)).at(-1), "line 2699");
    const more = at(0);
    engine.write(web, ...Array.from({ length: 1500 }, (_, n) => [more + BigInt(n) * 1000n, `more ${n}`]));
    await until(view, () => document.querySelector("#lines").lastChild.textContent.endsWith("more 1499"));
    const all = await log_of(view);
    equal(all.length <= 3000, true, `${all.length}`);
    equal(new Set(all).size, all.length, "doubles");
    await says(view, "count", "older ones went to make room");
    await page.close();
  },

  async "shows what takes disk, by both tools, by keyboard and as a table"() {
    const page = await host();
    engine.usage = usage();
    const { result, view } = await look(page, "docker_disk_usage", {});
    equal(result.structuredContent.items.length, 5);
    has(await text(view, "legend"), "Volumes: 250 MB");
    has(await text(view, "head"), "What takes disk: 1.2");
    const tiles = await view.$$eval(".tile", (all) => all.map((it) => it.getAttribute("aria-label")));
    has(tiles[0], "shop:1, 600 MB of 700 MB with what it shares (image); used by shop; in use: ");
    equal(tiles.some((it) => it.includes("data, 250 MB (volume), removable")), true, tiles.join("\n"));
    equal(tiles.some((it) => it.includes("shared by images, 100 MB (image)")), true, tiles.join("\n"));
    // Every part of the whole has a tile in its measure, and none lies over another.
    const areas = await view.$$eval(".tile", (all) => all.map((it) => it.offsetWidth * it.offsetHeight));
    equal(Math.abs(areas[0] / areas.reduce((sum, it) => sum + it, 0) - 600 / 1235) < 0.03, true, areas.join());
    await view.focus(".tile");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    has(await text(view, "detail"), "(volume)");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    equal(await view.evaluate(() => document.activeElement.getAttribute("aria-label").startsWith("shop:1")), true);
    await press(view, "summary");
    const rows = await view.$$eval("tbody tr", (all) => all.map((it) => [...it.cells].map((cell) => cell.textContent)));
    equal(rows[0].slice(0, 6), ["Images", "shop:1", "600 MB", "700 MB", "no", "shop"]);
    equal(rows.some((it) => it[1].includes("<img src=x")), true);
    equal(await view.$$eval("img, b", (all) => all.length), 0);
    engine.usage = { LayersSize: 0 };
    await press(view, "#again");
    await says(view, "detail", "Nothing takes disk.");
    await page.evaluate(() => document.querySelector("iframe.view").remove());
    engine.usage = usage();
    const summed = (await look(page, "docker_system_df", {})).view;
    const parts = await summed.$$eval(".tile", (all) => all.map((it) => it.getAttribute("aria-label")));
    equal(parts.some((it) => it.startsWith("images that stay, 900 MB (image); 2 in all, 1 in use")), true, parts.join("\n"));
    equal(parts.some((it) => it.startsWith("build cache that a prune frees, 80.0 MB (build cache), removable")), true, parts.join("\n"));
    await press(summed, "#again");
    await page.waitForFunction(() => H.called.at(-1).name === "docker_system_df", { timeout: PATIENCE });
    await page.close();
  },

  async "is read aloud, in light and dark, and fits beside a call"(web) {
    for (const theme of ["light", "dark"]) {
      const page = await host();
      running(web);
      engine.usage = usage("shop:0");
      const log = ["listening on :8080", "GET / 200", "GET /login 200", "cannot reach db: timed out", "trying again in 1 s", "db is back"];
      for (let n = 0; n < 12; n++) log.push(`GET /${["health", "cart", "item/7", "item/12"][n % 4]} 200`);
      engine.write(web, ...log.map((text, n) => [at(700 * (n - log.length)), text]));
      for (const [name, tool, args, height] of [
        ["stats", "docker_container_stats", { container_id: web }, 300],
        ["logs", "docker_container_logs", { container_id: web, timestamps: true }, 500],
        ["disk", "docker_disk_usage", {}, 500],
      ]) {
        const { view } = await look(page, tool, args, { theme });
        equal(await view.$eval("html", (root) => root.dataset.theme), theme);
        for (let n = 1; PICTURES && name === "stats" && n < 24; n++) {
          engine.load = { cpu: 0.5 + 0.3 * Math.sin(n / 2) + 0.1 * Math.sin(2 * n), memory: (60 + 3 * n) * MIB };
          await later(view, 20_000);
          await press(view, "#again");
          await until(view, (n) => document.querySelector("svg").getAttribute("aria-label").match(/in (\d+) samples/)?.[1] > n, n);
        }
        if (name === "logs") await view.type("#search", "GET");
        if (name === "disk") await press(view, ".tile");
        await view.evaluate(axe);
        const found = await view.evaluate(async () => (await axe.run()).violations.map((it) => [it.id, it.nodes[0].html]));
        equal(found, [], `${name} ${theme}`);
        await settled(page);
        const box = await page.$eval("iframe.view", (it) => it.getBoundingClientRect().toJSON());
        equal(box.height <= height, true, `${name}: ${box.height}`);
        if (PICTURES) {
          // What was drawn last is to be in the picture.
          await view.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
          await page.screenshot({ path: `${PICTURES}/views-${name}-${theme}.png`, clip: box, captureBeyondViewport: false });
        }
        await page.$eval("iframe.view", (it) => it.remove());
      }
      equal(page.errors, []);
      await page.close();
    }
  },

  async "asks no more once it is closed, and not while nobody sees it"(web) {
    const page = await host({ fast: 20 });
    running(web);
    const { view } = await look(page, "docker_container_stats", { container_id: web });
    await page.waitForFunction(() => H.called.length >= 2, { timeout: PATIENCE });
    const hide = (hidden) => view.evaluate((hidden) => {
      Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await hide(true);
    await rests(view);
    const hidden = await called(page);
    await hide(false);
    await page.waitForFunction((hidden) => H.called.length > hidden, { timeout: PATIENCE }, hidden);
    // Out of sight.
    const scroll = (px) => page.evaluate((px) => { document.querySelector("iframe.view").style.marginTop = `${px}px`; }, px);
    await scroll(5000);
    await rests(view);
    const away = await called(page);
    await scroll(8);
    await page.waitForFunction((away) => H.called.length > away, { timeout: PATIENCE }, away);
    equal(await page.evaluate(() => H.bridge.teardownResource({})), {});
    await says(view, "say", "Closed");
    await rests(view);
    await page.close();
  },

  async "tells of what fails, waits longer, and leaves it to the person after five times"(web) {
    const page = await host({ fast: 40 });
    // The first call fails already.
    const { view } = await look(page, "docker_container_stats", { container_id: web });
    has(await text(view, "trouble"), "Not known: ");
    has(await text(view, "trouble"), web);
    await says(view, "say", "failures in a row");
    equal(await view.$eval("#live", (it) => it.getAttribute("aria-pressed")), "false");
    await rests(view);
    running(web);
    await press(view, "#again");
    await until(view, () => document.querySelector("#trouble").textContent === "");
    has(await text(view, "all"), "processes");
    // A client that lets this page call nothing after all.
    await page.evaluate(() => { H.refuses = "the person said no"; });
    await press(view, "#again");
    await says(view, "trouble", "the person said no");
    has(await text(view, "all"), "no sample");
    equal(await view.$$eval(".cpu polyline", (all) => all.length), 1, "curves");
    await page.close();
  },

  async "shows what came and says that it stays so, where a host lets no page call tools"(web) {
    const page = await host({ fast: 20 });
    running(web);
    engine.usage = usage();
    engine.write(web, [at(-1000), "a line"]);
    for (const [tool, args, part] of [
      ["docker_container_stats", { container_id: web }, "processes"],
      ["docker_container_logs", { container_id: web, follow: true, follow_seconds: 1 }, "a line"],
      ["docker_disk_usage", {}, "shop:1"],
    ]) {
      const { view } = await look(page, tool, args, { capabilities: {} });
      await says(view, "say", "This client lets no page call tools, so that this stays as it was at");
      has(await view.$eval("main", (it) => it.textContent), part);
      equal(await view.$$eval("[data-asks]", (all) => all.every((it) => it.hidden)), true);
      await rests(view);
      await page.evaluate(() => document.querySelector("iframe.view").remove());
    }
    equal(await called(page), 0);
    await page.close();
  },

  async "works with the text of a result alone, in a frame without an origin, and reaches nothing"(web) {
    const page = await host();
    running(web);
    engine.write(web, [at(-1000), "a line"]);
    const bare = { change: "textAlone", silent: true, sandbox: "allow-scripts" };
    const { view } = await look(page, "docker_container_logs", { container_id: web }, bare);
    equal(await view.evaluate(() => self.origin), "null");
    await until(view, () => document.querySelectorAll("#lines li").length === 1);
    await press(view, "#again");
    await until(view, () => document.querySelectorAll("#lines time").length === 1);
    equal(await log_of(view), ["a line"]);
    for (const address of [`http://127.0.0.1:${host_port}/`, `http://localhost:${sandbox_port}/`, mcp.href]) {
      has(await view.evaluate((address) => fetch(address).then(() => "reached", (error) => error.name), address), "Error");
    }
    const elsewhere = page.requested.filter((it) => !/^(data:|about:)/.test(it) && new URL(it).port !== String(host_port)
      && new URL(it).port !== String(sandbox_port) && it !== mcp.href);
    equal(elsewhere, []);
    lacks(await page.evaluate(() => H.model.join("\n")), "The person");
    equal(page.errors, []);
    await page.close();
  },
};
