"use strict";

/** The lines of a log, which are told apart by their times, to the nanosecond. */
const lines = (() => {
  const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |$)/;
  const SECOND = 1_000_000_000n;

  /** Nanoseconds since 1970 as a tool takes them. */
  const time = (at) => {
    const whole = new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19);
    return `${whole}.${String(at % SECOND).padStart(9, "0")}Z`;
  };

  /** The lines of a result: of each its time, where there are times, and its text. */
  function read(found, stamped) {
    const { logs, lines } = found;
    if (typeof logs !== "string") throw new Error("the result holds no log");
    if (lines === 0) return [];
    let before = 0n;
    return logs.split("\n").map((text) => {
      const stamp = stamped ? STAMP.exec(text) : null;
      if (!stamp) return { at: stamped ? before : null, text };
      const [whole, seconds, fraction = "", zone] = stamp;
      before = BigInt(Date.parse(seconds + zone)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
      return { at: before, text: text.slice(whole.length) };
    });
  }

  /**
   * Which of the lines are new. Lines of one time are told apart by their number: what one of them shows may depend on
   * the line after it. Those that are there take on the text as it is now.
   */
  function news(kept, fresh) {
    const same = new Map();
    for (const line of kept) {
      if (!same.has(line.at)) same.set(line.at, []);
      same.get(line.at).push(line);
    }
    const added = [], changed = [];
    for (const line of fresh) {
      const old = same.get(line.at)?.shift();
      if (!old) {
        added.push(line);
      } else if (old.text !== line.text) {
        old.text = line.text;
        changed.push(old);
      }
    }
    return { added, changed };
  }

  return { read, news, time, SECOND };
})();
