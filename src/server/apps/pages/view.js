"use strict";

/** What a page that shows a result does to show the next one: it calls the tool again, as the client lets it. */
const view = (() => {
  // A call takes as long as the tool's. The host mostly gives up sooner.
  const LIMIT_MS = 11 * 60_000;
  // So many failures in a row, and it is for the person to try again.
  const MOST_FAILURES = 5;
  const LONGEST_PAUSE_MS = 5 * 60_000;
  // Nobody looks at a page for so long without touching it.
  const IDLE_MS = 30 * 60_000;

  let its = null;           // what the page told of itself
  let given = {};           // the arguments of the call that it belongs to
  let tool = null;          // the tool that it calls again
  let live = false;         // it calls by itself
  let over = false;         // it calls no more
  let begun = false;        // there is a result, or the news that there is none
  let busy = false;
  let wanted = false;       // it was asked for meanwhile
  let failures = 0;
  let timer = null;
  let took = 0;             // how long the last call took
  let touched = Date.now();
  let inSight = true;

  /** What is read aloud; when a result is of is not, because that is another every few seconds. */
  const say = (text) => { if ($("say").textContent !== text) $("say").textContent = text; };
  const when = (text) => { $("when").textContent = text; };
  const trouble = (text) => {
    if ($("trouble").textContent !== text) $("trouble").textContent = text;
  };
  const clock = (at = Date.now()) => new Date(at).toLocaleTimeString();
  const seen = () => inSight && document.visibilityState !== "hidden";

  /** What a result holds; some hosts hand on the text alone. */
  function data(result) {
    if (result.isError) throw new Error(texts(result) || "the call failed and does not say why");
    const structured = result.structuredContent;
    if (structured && typeof structured === "object") return structured;
    for (const block of Array.isArray(result.content) ? result.content : []) {
      try {
        const read = JSON.parse(block.text);
        if (read && typeof read === "object") return read;
      } catch {
        // Another block may be the one.
      }
    }
    throw new Error("the client keeps the result from this page");
  }

  /** Calls a tool through the host. */
  async function call(name, args) {
    const result = await page.request("tools/call", { name, arguments: args }, LIMIT_MS);
    return data(result);
  }

  function plan(ms) {
    clearTimeout(timer);
    if (!over && live && seen()) timer = setTimeout(turn, ms);
  }

  function pause() {
    const usual = Math.max(its.every, took * (its.gentle ?? 1));
    return Math.min(usual * 2 ** failures, LONGEST_PAUSE_MS);
  }

  /** Asks once more, and shows what came. */
  async function turn() {
    if (over) return;
    if (busy) {
      wanted = true;
      return;
    }
    if (live && Date.now() - touched > IDLE_MS) {
      set(false);
      return say(`Paused at ${clock()}, because nobody touched this for half an hour.`);
    }
    busy = true;
    wanted = false;
    const since = performance.now();
    try {
      await its.again((args) => call(tool, args), given);
      if (over) return;
      failures = 0;
      trouble(its.trouble?.() ?? "");
      say("");
      when(`As of ${clock()}.`);
    } catch (error) {
      if (over) return;
      failures++;
      trouble(`Not known: ${error.message}`);
      if (live && failures >= MOST_FAILURES) {
        set(false);
        say(`Paused at ${clock()}, after ${failures} failures in a row.`);
      }
    } finally {
      busy = false;
      took = performance.now() - since;
    }
    if (wanted) setTimeout(turn, 0);
    else plan(pause());
  }

  /** Whether it calls by itself. */
  function set(on) {
    live = on;
    $("live").setAttribute("aria-pressed", String(on));
    clearTimeout(timer);
    if (on) turn();
  }

  /** It shows what it has, and asks for nothing more. */
  function end(text) {
    over = true;
    live = false;
    clearTimeout(timer);
    for (const element of document.querySelectorAll("[data-asks]")) element.hidden = true;
    if (text) say(text);
  }

  function arrived(show) {
    begun = true;
    if (!page.host.serverTools) {
      end(`This client lets no page call tools, so that this stays as it was at ${clock()}.`);
      return show();
    }
    for (const element of document.querySelectorAll("[data-asks]")) element.hidden = false;
    when(`As of ${clock()}.`);
    show();
    if (its.live?.(given) && !over) {
      live = true;
      $("live").setAttribute("aria-pressed", "true");
      plan(its.first ?? its.every);
    }
  }

  function shown(result) {
    // A client shows an old result again, maybe in the same page.
    if (begun) return;
    arrived(() => {
      tool = its.tool(page.tool, {});
      try {
        const found = data(result);
        tool = its.tool(page.tool, found);
        its.show(found, given);
        trouble(its.trouble?.() ?? "");
      } catch (error) {
        failures = 1;
        trouble(`Not known: ${error.message}`);
      }
    });
  }

  const touch = () => { touched = Date.now(); };

  function wake() {
    if (begun && !busy && !over && live && seen()) plan(Math.min(its.every, 500));
    else if (!seen()) clearTimeout(timer);
  }

  /**
   * Begins. `its` has the `name` of the page; `tool`, which tool it calls, by what the host says and what was found;
   * `show`, which shows a first result; `again`, which calls and shows what comes; `every` how many milliseconds after
   * the last call, or `gentle` times as long as that took; `live`, whether it does so from the start.
   */
  function begin(of) {
    its = of;
    $("again").addEventListener("click", () => { failures = 0; turn(); });
    $("live").addEventListener("click", () => { failures = 0; touch(); set(!live); });
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
      document.addEventListener(kind, touch, { passive: true });
    }
    document.addEventListener("visibilitychange", wake);
    new IntersectionObserver((entries) => {
      inSight = entries.at(-1).isIntersecting;
      wake();
    }).observe(document.documentElement);
    page.begin(its.name, {
      input: (args) => { given = args; its.input?.(args); },
      result: shown,
      cancelled: (reason) => {
        if (begun) return;
        arrived(() => {
          tool = its.tool(page.tool, {});
          trouble(`Not known: the call was given up${reason ? `: ${reason}` : ""}`);
        });
      },
      ended: () => end(`Closed at ${clock()}.`),
      unanswered: (error) => {
        begun = true;
        end("");
        trouble(`Not known: the client did not begin (${error.message})`);
      },
    });
  }

  return { begin, call, clock, say, trouble };
})();

/** An element with its text and what else is said of it. */
function make(kind, text = "", attributes = {}) {
  const element = document.createElement(kind);
  if (text !== "") element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A size in words, in units of 1000 as disks have them, or of 1024 as memory has. */
function bytes(size, base = 1000) {
  if (!Number.isFinite(size)) return "not known";
  const units = base === 1000 ? ["B", "kB", "MB", "GB", "TB", "PB"] : ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let at = 0;
  while (size >= base && at < units.length - 1) {
    size /= base;
    at++;
  }
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(size >= 10 ? 1 : 2)} ${units[at]}`;
}

/** A row of a table: its cells, of which numbers stand to the right. */
function row(cells, heads = false) {
  const line = make("tr");
  for (const cell of cells) {
    const [text, number] = Array.isArray(cell) ? cell : [cell, false];
    const element = make(heads ? "th" : "td", text);
    if (heads) element.scope = "col";
    if (number) element.className = "number";
    line.append(element);
  }
  return line;
}
