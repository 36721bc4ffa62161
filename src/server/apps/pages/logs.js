(() => {
"use strict";

const LOGS = "docker_container_logs";
const EVERY_MS = 3000;
// What the page holds: beyond it the oldest lines go.
const MOST_LINES = 3000, MOST_CHARACTERS = 2_000_000;
// What one call asks for, and how often it asks for what did not fit before it gives up.
const TAIL = 500, MOST_TURNS = 4;
// A line may get its time a moment before one that is written earlier.
const OVERLAP = lines.SECOND;

let kept = [];            // what is shown, oldest first: { at, text, element, gap }
let characters = 0;
let stamped = false;      // the lines have times, so that it is known where to go on
let dropped = false;      // lines went to make room
let before = false;       // the tool left out older ones
let cut = false;          // and said that it did so for want of room
let query = "";
let hits = [];            // the marks, in order
let hit = -1;             // the one that is gone to

const log = $("log");
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

// --- Lines on the page.

/** The text of a line with what matches marked. */
function fill(line) {
  const parts = [];
  const text = line.text, low = text.toLowerCase();
  // Where a letter has another length in lower case, places would be others.
  const where = low.length === text.length ? low : text;
  let from = 0;
  if (query && !line.gap) {
    for (let at = where.indexOf(query); at >= 0; at = where.indexOf(query, from)) {
      if (at > from) parts.push(document.createTextNode(text.slice(from, at)));
      parts.push(make("mark", text.slice(at, at + query.length)));
      from = at + query.length;
    }
  }
  parts.push(document.createTextNode(text.slice(from)));
  line.matches = parts.some((part) => part.nodeName === "MARK");
  line.element.lastChild.replaceChildren(...parts);
  line.element.hidden = $("only").checked && query !== "" && !line.matches;
}

function draw(line) {
  line.element = make("li", "", line.gap ? { class: "gap" } : {});
  if (line.at !== null && !line.gap) {
    const iso = lines.time(line.at);
    line.element.append(make("time", view.clock(Date.parse(iso)), { datetime: iso, title: iso }));
  }
  line.element.append(make("span"));
  fill(line);
  return line.element;
}

/** Puts lines where their times belong, and takes the oldest away where there are too many. */
function put(added) {
  const stay = atEnd();
  for (const line of added) {
    let at = kept.length;
    while (at > 0 && line.at !== null && kept[at - 1].at > line.at) at--;
    $("lines").insertBefore(draw(line), kept[at]?.element ?? null);
    kept.splice(at, 0, line);
    characters += line.text.length;
  }
  let away = 0;
  while (kept.length - away > 1 && (kept.length - away > MOST_LINES || characters > MOST_CHARACTERS)) {
    characters -= kept[away].text.length;
    kept[away].element.remove();
    away++;
  }
  if (away) {
    kept.splice(0, away);
    dropped = true;
  }
  if (stay) log.scrollTop = log.scrollHeight;
}

/** Shows these lines and no other. */
function replace(found, times) {
  const fresh = lines.read(found, times);
  kept = [];
  characters = 0;
  dropped = false;
  stamped = times;
  before = found.more_before === true;
  cut = found.truncated === true;
  $("lines").replaceChildren();
  put(fresh);
  log.scrollTop = log.scrollHeight;
  count();
}

// --- Search.

/** Says how many lines there are, and what of them matches. */
function count() {
  hits = [...$("lines").querySelectorAll("mark")].filter((mark) => !mark.closest("li").hidden);
  hit = Math.min(hit, hits.length - 1);
  const there = kept.filter((line) => !line.gap).length;
  const older = dropped ? "older ones went to make room" : before || cut ? "there are older ones" : "";
  const matching = kept.filter((line) => line.matches).length;
  const said = query === "" ? plural(there, "line") : hits.length === 0 ? `nothing matches in ${plural(there, "line")}`
    : `${plural(hits.length, "match").replace("matchs", "matches")} in ${matching} of ${plural(there, "line")}`;
  const text = older ? `${said}; ${older}` : said;
  if ($("count").textContent !== text) $("count").textContent = text;
  for (const button of [$("before"), $("after")]) button.disabled = hits.length === 0;
}

function search() {
  query = $("search").value.toLowerCase();
  hit = -1;
  for (const line of kept) fill(line);
  count();
  // Read aloud because it was asked for; what a followed log has each time is not.
  $("found").textContent = query === "" ? "" : $("count").textContent;
  if (hits.length) go(0, 0);
}

/** Goes to the match so many further on; round at the ends. */
function go(by, from = hit) {
  if (!hits.length) return;
  hits[hit]?.classList.remove("at");
  hit = ((from + by) % hits.length + hits.length) % hits.length;
  hits[hit].classList.add("at");
  hits[hit].scrollIntoView({ block: "nearest" });
}

$("search").addEventListener("input", search);
$("only").addEventListener("change", search);
$("before").addEventListener("click", () => go(-1));
$("after").addEventListener("click", () => go(1));
$("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") {
    $("search").value = "";
    search();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== $("search")) {
    event.preventDefault();
    $("search").focus();
  }
});

// --- What is written meanwhile.

/** What a call says of which lines are meant, but for where they begin and end. */
function same(given) {
  const kept_keys = ["container_id", "host", "grep", "stream"];
  return Object.fromEntries(kept_keys.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
}

/** Where the next lines are looked for, so that what is there already is known again. */
function since() {
  const last = kept.at(-1).at;
  const oldest = kept.find((line) => !line.gap) ?? kept[0];
  const from = last > OVERLAP ? last - OVERLAP : 0n;
  return dropped && oldest.at >= from ? oldest.at + 1n : from;
}

/** Whether lines between these and what is there may be missing. */
const short = (found, fresh, last) =>
  (found.truncated === true || found.more_before === true) && fresh.length > 0 && fresh[0].at > last;

async function again(call, given) {
  if (given.container_id === undefined) throw new Error("the client does not say which container this is about");
  const now = { ...same(given), timestamps: true };
  if (!stamped || kept.length === 0) {
    const stretch = {};
    for (const key of ["since", "until", "tail"]) if (given[key] !== undefined) stretch[key] = given[key];
    // What comes after the end of a stretch is what is followed.
    if (stamped) delete stretch.until;
    return replace(await call({ ...now, ...stretch }), true);
  }
  const from = since(), last = kept.at(-1).at;
  let found = await call({ ...now, since: lines.time(from), tail: TAIL });
  let fresh = lines.read(found, true);
  for (let turn = 0; turn < MOST_TURNS && short(found, fresh, last); turn++) {
    found = await call({ ...now, since: lines.time(from), until: lines.time(fresh[0].at), tail: TAIL });
    const older = lines.news(fresh, lines.read(found, true)).added;
    if (older.length === 0) break;
    fresh = [...older, ...fresh];
  }
  const gap = short(found, fresh, last);
  const { added, changed } = lines.news(kept.filter((line) => !line.gap), fresh);
  for (const line of changed) fill(line);
  if (gap && added.length) {
    added.unshift({ at: added[0].at - 1n, gap: true, text: "… more was written than this page could ask for: lines are missing here …" });
  }
  put(added);
  count();
}

view.begin({
  name: "mcp-docker-logs",
  every: EVERY_MS,
  first: 300,
  live: (given) => given.follow === true,
  tool: () => LOGS,
  input: (args) => {
    if (typeof args.container_id === "string") $("head").textContent = `The log of ${args.container_id}`;
  },
  show: (found, given) => {
    given.container_id ??= found.container_id;
    if (typeof given.container_id === "string") $("head").textContent = `The log of ${given.container_id}`;
    replace(found, given.timestamps === true);
  },
  again,
});
count();
})();
