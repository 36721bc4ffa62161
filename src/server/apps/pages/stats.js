(() => {
"use strict";

const STATS = "docker_container_stats", LIST = "docker_list_containers";
const EVERY_MS = 4000;
// What the curves show: so long, and at most so many samples of a container.
const WINDOW_MS = 10 * 60_000, MOST_SAMPLES = 240;
// The rows of a table.
const MOST_ROWS = 30;
// As many containers are asked about at once.
const MOST = 6;
const WIDTH = 300, HEIGHT = 60;
const SVG = "http://www.w3.org/2000/svg";

const shown = new Map();     // by what the person calls them: a Curves each
let host = {};               // the host that was asked, where there are several

const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const percent = (value) => (value === null ? "not known" : `${value >= 100 ? Math.round(value) : value.toFixed(1)} %`);
const memory = (value) => (value === null ? "not known" : bytes(value, 1024));

/** A top for values up to this, so that the curve does not jump with each of them. */
function top(most, least) {
  let top = least;
  while (top < most) top *= top < most / 8 ? 8 : 2;
  return top;
}

/** A curve with its caption. */
class Chart {
  constructor(kind, title, least, words) {
    Object.assign(this, { kind, title, least, words });
    this.figure = make("figure", "", { class: kind });
    this.now = make("span", "");
    this.most = make("span", "", { class: "dim" });
    const caption = make("figcaption");
    const name = make("span", `${title}: `);
    name.append(this.now);
    caption.append(name, this.most);
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.figure.append(caption, this.svg);
  }

  /** Draws the values of some samples; what is not known is a gap. */
  draw(name, samples, now) {
    const values = samples.map((sample) => sample[this.kind]);
    const known = values.filter((value) => value !== null);
    const most = top(Math.max(0, ...known), this.least);
    const begin = now - Math.min(WINDOW_MS, Math.max(60_000, now - (samples[0]?.at ?? now)));
    const stretches = [[]];
    for (const sample of samples) {
      const value = sample[this.kind];
      if (value === null) {
        stretches.push([]);
        continue;
      }
      const x = ((sample.at - begin) / (now - begin)) * WIDTH, y = HEIGHT - 2 - (value / most) * (HEIGHT - 4);
      stretches.at(-1).push(`${x.toFixed(1)},${y.toFixed(1)}`);
    }
    this.svg.replaceChildren(...stretches.filter((points) => points.length).map((points) => {
      const line = document.createElementNS(SVG, "polyline");
      // One sample alone is a dot.
      line.setAttribute("points", (points.length === 1 ? [points[0], points[0]] : points).join(" "));
      return line;
    }));
    const last = values.at(-1) ?? null;
    this.now.textContent = this.words(last);
    this.most.textContent = `up to ${this.words(most)}, ${Math.round((now - begin) / 60_000)} min`;
    const between = known.length
      ? `, between ${this.words(Math.min(...known))} and ${this.words(Math.max(...known))} in ${known.length} sample${known.length === 1 ? "" : "s"}` : "";
    this.svg.setAttribute("aria-label", `${this.title} of ${name}: now ${this.words(last)}${between}`);
  }
}

/** A container with its curves. */
class Curves {
  constructor(name, first) {
    this.name = name;
    this.samples = [];
    this.section = make("section", "", { "aria-label": `Container ${name}` });
    const title = make("h2");
    title.append(make("bdi", name));
    if (!first) {
      const away = make("button", "Take away", { type: "button", "aria-label": `Take ${name} away` });
      away.addEventListener("click", () => {
        shown.delete(name);
        this.section.remove();
        $("add").focus();
      });
      title.append(away);
    }
    this.charts = [new Chart("cpu", "CPU", 1, percent), new Chart("memory", "Memory", 1024 * 1024, memory)];
    const charts = make("div", "", { class: "charts" });
    charts.append(...this.charts.map((chart) => chart.figure));
    this.more = make("p", "", { class: "dim more" });
    const table = make("table");
    this.body = make("tbody");
    const head = make("thead");
    head.append(row(["Time", ["CPU", true], ["Memory", true]], true));
    table.append(make("caption", `The last samples of ${name}, newest first`, { class: "unseen" }), head, this.body);
    const rows = make("div", "", { class: "rows", tabindex: "0", role: "region", "aria-label": `Samples of ${name}` });
    rows.append(table);
    this.details = make("details");
    this.details.append(make("summary", "As a table"), rows);
    this.details.addEventListener("toggle", () => this.tell());
    this.section.append(title, charts, this.more, this.details);
    $("all").append(this.section);
  }

  /** Takes a sample on, or that there is none. */
  take(stats) {
    const at = Date.now();
    const used = number(stats?.memory?.usage), limit = number(stats?.memory?.limit), part = number(stats?.memory?.percent);
    this.samples.push({ at, cpu: number(stats?.cpu_percent), memory: used });
    while (this.samples.length > MOST_SAMPLES || at - this.samples[0].at > WINDOW_MS) this.samples.shift();
    for (const chart of this.charts) chart.draw(this.name, this.samples, at);
    const of = [
      limit === null ? "" : `of ${memory(limit)} memory${part === null ? "" : ` (${percent(part)})`}`,
      number(stats?.online_cpus) === null ? "" : `${stats.online_cpus} CPUs`,
      this.pair("network", stats?.network?.rx_bytes, "in", stats?.network?.tx_bytes, "out"),
      this.pair("disk", stats?.block_io?.read_bytes, "read", stats?.block_io?.write_bytes, "written"),
      number(stats?.pids) === null ? "" : `${stats.pids} processes`,
    ];
    this.more.textContent = stats ? of.filter(Boolean).join(" · ") : "no sample";
    if (this.details.open) this.tell();
  }

  pair(what, one, first, other, second) {
    if (number(one) === null && number(other) === null) return "";
    return `${what} ${bytes(number(one) ?? NaN)} ${first}, ${bytes(number(other) ?? NaN)} ${second}`;
  }

  /** Writes the table. */
  tell() {
    const last = this.samples.slice(-MOST_ROWS).reverse();
    this.body.replaceChildren(...last.map((sample) =>
      row([view.clock(sample.at), [percent(sample.cpu), true], [memory(sample.memory), true]])));
  }
}

function curves(name) {
  if (!shown.has(name)) {
    $("wait")?.remove();
    shown.set(name, new Curves(name, shown.size === 0));
    $("add").disabled = shown.size >= MOST;
  }
  return shown.get(name);
}

/** What the container of a call is called: as whoever called it did. */
function called(args, found) {
  const name = args.container_id ?? found?.container_id;
  return typeof name === "string" && name !== "" ? name : null;
}

/** Samples every container that is shown; fails only where not one is known. */
async function again(call, given) {
  const first = called(given);
  if (shown.size === 0 && first !== null) curves(first);
  if (shown.size === 0) throw new Error("the client does not say which container this is about");
  const failed = [];
  await Promise.all([...shown.keys()].map(async (name) => {
    let stats = null;
    try {
      ({ stats } = await call({ container_id: name, ...host }));
    } catch (error) {
      failed.push(`${name}: ${error.message}`);
    }
    shown.get(name)?.take(stats);
  }));
  unknown = failed.length ? `Not known: ${failed.join("\n")}` : "";
  if (failed.length && failed.length >= shown.size) throw new Error(failed.join("\n"));
}
let unknown = "";

/** Offers the containers that run and are not shown. */
async function offer() {
  $("add").disabled = true;
  try {
    const { containers = [], truncated } = await view.call(LIST, { limit: 200, ...host });
    const known = [...shown.values()].map((it) => it.name);
    const others = containers.filter((it) => it.state === "running" && !known.includes(it.name) && !known.includes(it.id)
      && !known.some((name) => /^[0-9a-f]{12,64}$/.test(name) && name.startsWith(it.id)));
    const which = $("which");
    const said = others.length === 0 ? "No other runs" : `One of ${others.length}${truncated ? ", and more" : ""}`;
    which.replaceChildren(make("option", said, { value: "" }),
      ...others.map((it) => make("option", `${it.name} (${it.image})`, { value: it.name })));
    which.hidden = false;
    which.focus();
  } catch (error) {
    view.trouble(`Not known: which containers run: ${error.message}`);
  } finally {
    $("add").disabled = shown.size >= MOST;
  }
}

$("add").addEventListener("click", offer);
$("which").addEventListener("change", () => {
  const name = $("which").value;
  $("which").hidden = true;
  if (name) {
    curves(name).take(null);
    $("again").click();
  }
  $("add").focus();
});

view.begin({
  name: "mcp-docker-stats",
  every: EVERY_MS,
  live: () => true,
  tool: () => STATS,
  input: (args) => {
    if (typeof args.host === "string") host = { host: args.host };
  },
  show: (found, given) => {
    const name = called(given, found);
    if (name === null) throw new Error("the result names no container");
    // What was asked for may be the Engine's own document, which has no figures.
    const has = found.stats && typeof found.stats === "object" && "cpu_percent" in found.stats;
    curves(name).take(has ? found.stats : null);
    if (!has) unknown = "The call asked for the Engine's own document: the figures come with the next sample.";
  },
  trouble: () => unknown,
  again,
});
})();
