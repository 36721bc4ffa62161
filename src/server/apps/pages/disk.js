(() => {
"use strict";

const ITEMS = "docker_disk_usage", SUMS = "docker_system_df";
// To count it all is work for the Engine, which is asked the less often the longer it takes.
const EVERY_MS = 60_000, GENTLE = 30;
const MOST_TILES = 60, MOST_ROWS = 500;
// What is smaller shows no words.
const WORDS_W = 44, WORDS_H = 18, LINES_H = 34;

const KINDS = {
  images: ["Images", "image"], containers: ["Containers", "container"], volumes: ["Volumes", "volume"],
  build_cache: ["Build cache", "build cache"],
};

let tiles = [];          // what is shown, largest first: { kind, name, size, … }
let unknown = "";        // what the result says is not known
let chosen = null;       // the tile that is told of, by its key

const number = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null);
const texts_of = (value) => (Array.isArray(value) ? value.filter((it) => typeof it === "string") : []);
const size_of = (value) => (value === null ? "not known" : bytes(value));
const kind_of = (kind) => KINDS[kind] ?? [String(kind), String(kind)];

// --- What the two tools give, as tiles of one kind.

/** The items of `docker_disk_usage`, with what they share and what was left out. */
function items(found) {
  const all = found.items.filter((it) => it && typeof it === "object").map((it) => {
    const size = number(it.unique_size) ?? number(it.size);
    const name = typeof it.name === "string" ? it.name : `${kind_of(it.kind)[1]} ${it.id}`;
    return {
      key: `${it.host ?? ""} ${it.kind} ${it.id}`, kind: it.kind, host: it.host, name, size, whole: number(it.size),
      removable: it.removable === true, why: String(it.why ?? ""), used_by: texts_of(it.used_by),
    };
  });
  const totals = found.totals ? [[undefined, found.totals]] : (found.hosts ?? []).map((it) => [it.host, it.totals]);
  for (const [host, sums] of totals) {
    for (const [kind, it] of Object.entries(sums ?? {})) {
      if (!it || typeof it !== "object") continue;
      const shared = number(it.shared_size);
      if (shared) {
        all.push(extra(host, kind, "shared", `shared by ${kind_of(kind)[0].toLowerCase()}`, shared,
          "counted once, it goes with the last of them"));
      }
      const told = all.filter((one) => one.kind === kind && one.host === host && !one.extra);
      const listed = told.reduce((sum, one) => sum + (one.size ?? 0), 0), rest = (number(it.unique_size) ?? 0) - listed;
      if (found.truncated === true && rest > 0 && it.count > told.length) {
        all.push(extra(host, kind, "rest", `${it.count - told.length} smaller ones`, rest, "not in this result, ask with a larger limit"));
      }
    }
  }
  return all;
}

const extra = (host, kind, key, name, size, why) => ({
  key: `${host ?? ""} ${kind} ${key}`, kind, host, name, size, whole: size, removable: false, why, used_by: [], extra: true,
});

/** The sums of `docker_system_df`: of each kind, what a prune would free, and the rest. */
function sums(usage) {
  const named = { Images: "images", Containers: "containers", Volumes: "volumes", BuildCache: "build_cache" };
  return Object.entries(named).flatMap(([key, kind]) => {
    const it = usage[key] ?? {};
    const total = number(it.total_size), free = number(it.reclaimable_size);
    const words = kind_of(kind)[0].toLowerCase();
    const count = `${it.total_count ?? "?"} in all, ${it.active_count ?? "?"} in use`;
    const rest = { ...extra(undefined, kind, "kept", `${words} that stay`, total === null ? null : Math.max(total - (free ?? 0), 0), count) };
    if (!free) return [rest];
    return [rest, { ...extra(undefined, kind, "free", `${words} that a prune frees`, free, count), removable: true }];
  });
}

function read(found) {
  const failed = (Array.isArray(found.failed) ? found.failed : []).map((it) => `${it.host}: ${it.error}`);
  unknown = failed.length ? `Not known: ${failed.join("\n")}` : "";
  if (Array.isArray(found.items)) return items(found);
  if (found.usage && typeof found.usage === "object") return sums(found.usage);
  throw new Error("the result holds no sizes");
}

// --- The page.

/** A tile in words. */
function told(tile) {
  const host = tile.host ? `, on ${tile.host}` : "";
  const whole = tile.whole !== null && tile.whole !== tile.size ? ` of ${bytes(tile.whole)} with what it shares` : "";
  const used = tile.used_by.length ? `used by ${tile.used_by.join(", ")}` : "";
  // It begins as the tile does, so that who speaks to their computer can say what they see.
  const begins = `${tile.name}, ${size_of(tile.size)}${whole} (${kind_of(tile.kind)[1]}${host})`;
  return [`${begins}${tile.removable ? ", removable" : ""}`, used, tile.why].filter(Boolean).join("; ");
}

function choose(tile) {
  chosen = tile.key;
  $("detail").textContent = told(tile);
  for (const element of $("map").children) element.setAttribute("aria-pressed", String(element.dataset.key === chosen));
}

/** Lays the tiles out for the room there is. Arrow keys go from one to the next. */
function lay() {
  const map = $("map"), width = map.clientWidth, height = map.clientHeight;
  const had = map.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const known = tiles.filter((tile) => tile.size > 0);
  const most = known.slice(0, MOST_TILES), others = known.slice(MOST_TILES);
  if (others.length) {
    const size = others.reduce((sum, tile) => sum + tile.size, 0);
    most.push(extra(undefined, others[0].kind, "small", `${others.length} small ones`, size, "they are in the table"));
    most.sort((a, b) => b.size - a.size);
  }
  const places = treemap(most.map((tile) => tile.size), 0, 0, width, height);
  map.replaceChildren(...most.map((tile, at) => {
    const { x, y, w, h } = places[at];
    const element = make("button", "", {
      type: "button", class: `tile${Object.hasOwn(KINDS, tile.kind) ? ` ${tile.kind}` : ""}${tile.removable ? " removable" : ""}`,
      "aria-label": told(tile), "aria-pressed": String(tile.key === chosen), tabindex: "-1",
    });
    element.dataset.key = tile.key;
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
    if (w < 14 || h < 8) element.style.padding = "0";
    if (w >= WORDS_W && h >= WORDS_H) element.append(make("span", tile.name));
    if (w >= WORDS_W && h >= LINES_H) element.append(" ", make("span", size_of(tile.size)));
    element.addEventListener("click", () => choose(tile));
    return element;
  }));
  const entry = [...map.children].find((it) => it.dataset.key === (had ?? chosen)) ?? map.firstElementChild;
  if (entry) entry.tabIndex = 0;
  if (had !== null) entry?.focus();
}

$("map").addEventListener("keydown", (event) => {
  const all = [...$("map").children], at = all.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined || !all[to]) return;
  event.preventDefault();
  all[at].tabIndex = -1;
  all[to].tabIndex = 0;
  all[to].focus();
});

function legend() {
  const parts = Object.keys(KINDS).filter((kind) => tiles.some((tile) => tile.kind === kind)).map((kind) => {
    const of = tiles.filter((tile) => tile.kind === kind && tile.size !== null);
    const size = of.length ? bytes(of.reduce((sum, tile) => sum + tile.size, 0)) : "not known";
    const part = make("li");
    part.append(make("i", "", { class: kind, "aria-hidden": "true" }), `${kind_of(kind)[0]}: ${size}`);
    return part;
  });
  const free = tiles.filter((tile) => tile.removable).reduce((sum, tile) => sum + (tile.size ?? 0), 0);
  const part = make("li");
  part.append(make("i", "", { class: "key removable", "aria-hidden": "true" }), `striped: removable, ${bytes(free)}`);
  $("legend").replaceChildren(...parts, part);
}

function table() {
  const rows = tiles.slice(0, MOST_ROWS).map((tile) => row([
    kind_of(tile.kind)[0], tile.host ? `${tile.name} (${tile.host})` : tile.name, [size_of(tile.size), true],
    [size_of(tile.whole), true], tile.removable ? "yes" : "no", tile.used_by.join(", "), tile.why,
  ]));
  const head = make("thead"), body = make("tbody"), table = make("table");
  head.append(row(["Kind", "Name", ["By itself", true], ["With what it shares", true], "Removable", "Used by", "Why"], true));
  body.append(...rows);
  const more = tiles.length > MOST_ROWS ? `; ${tiles.length - MOST_ROWS} more are not shown` : "";
  table.append(make("caption", `Largest first${more}`, { class: "dim" }), head, body);
  $("rows").replaceChildren(table);
}

function show(found) {
  tiles = read(found).sort((a, b) => (b.size ?? -1) - (a.size ?? -1));
  const known = tiles.filter((tile) => tile.size > 0), nameless = tiles.filter((tile) => tile.size === null).length;
  const total = known.reduce((sum, tile) => sum + tile.size, 0);
  $("head").textContent = `What takes disk: ${known.length || !nameless ? bytes(total) : "not known"}`;
  $("map").setAttribute("aria-label", `What takes disk, ${known.length} tiles, largest first; arrow keys go from one to the next`);
  $("map").hidden = known.length === 0;
  const still = tiles.find((tile) => tile.key === chosen);
  if (still) $("detail").textContent = told(still);
  else {
    chosen = null;
    const said = known.length ? "Choose a tile to read about it." : nameless ? "" : "Nothing takes disk.";
    $("detail").textContent = `${said}${nameless ? ` Of ${nameless} the size is not known: they are in the table.` : ""}`.trim();
  }
  legend();
  table();
  lay();
}

new ResizeObserver(() => requestAnimationFrame(lay)).observe($("map"));

view.begin({
  name: "mcp-docker-disk",
  every: EVERY_MS,
  gentle: GENTLE,
  live: () => true,
  tool: (said, found) => ([ITEMS, SUMS].includes(said) ? said : found.usage ? SUMS : ITEMS),
  show,
  trouble: () => unknown,
  again: async (call, given) => show(await call(given)),
});
})();
