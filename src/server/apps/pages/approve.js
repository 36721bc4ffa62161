(() => {
"use strict";

const APPROVAL = "io.mcp-docker/approval", ERROR = "io.mcp-docker/error";
// A click that was meant for what was here a moment ago answers nothing.
const SETTLED_MS = 700;
const buttons = [$("decline"), $("approve")];

let tool = null;       // the tool that the plan is of, by its name
let asked = null;      // { nonce, plan, until } that the buttons answer
let timer = null;      // ends the question
let arming = null;     // makes the buttons answer

const head = (text) => { $("head").textContent = text; };
const say = (text) => { $("say").textContent = text; };

/** Where to answer, if not here. */
const elsewhere = () =>
  ` To have it done, make the call where it asks you itself: in a terminal with “mcp-docker call ${tool ?? page.tool ?? "TOOL"} …”, or in another client.`;

/** No button answers any more. */
function end(text) {
  asked = null;
  clearTimeout(timer);
  clearTimeout(arming);
  for (const button of buttons) button.disabled = true;
  $("ask").hidden = true;
  say(text);
}

/** Shows a plan; where it took the place of another, with what is not the same. */
function show(approval, plan, before) {
  const until = Date.parse(approval.until);
  asked = { nonce: approval.nonce, plan, until };
  tool = approval.tool ?? tool;
  head(`${approval.title ?? "Do it"}?`);
  $("plan").replaceChildren(...(before === undefined ? [document.createTextNode(plan)] : marked(before, plan)));
  $("plan").hidden = false;
  $("plan").scrollTop = 0;
  $("detail").hidden = true;
  $("ask").hidden = false;
  clearTimeout(timer);
  clearTimeout(arming);
  for (const button of buttons) button.disabled = true;
  if (Number.isFinite(until)) {
    const left = until - Date.now();
    if (left <= 0) return expire();
    $("until").textContent = `Answer by ${new Date(until).toLocaleTimeString()}`;
    timer = setTimeout(expire, left);
  }
  arming = setTimeout(() => { for (const button of buttons) button.disabled = false; }, SETTLED_MS);
  if (before === undefined) return say("Nothing is done until you answer.");
  say(before === plan
    ? "This changed since it was shown: what has these names now is not what had them then. Nothing was done; answer anew."
    : "This changed since it was shown; what differs is marked. Nothing was done; answer anew.");
  if (document.hasFocus()) $("head").focus();
}

function expire() {
  end("Too late: this plan is no longer held, and nothing was done by it. Ask for it again in the chat.");
}

/** The lines of a plan, or the words of one that is a line, with those that came and went. */
function marked(before, now) {
  const lines = before.includes("\n") || now.includes("\n");
  const parts = (text) => text.match(lines ? /[^\n]*\n|[^\n]+/g : /\s+|\S+/g) ?? [];
  // Two that are too long to be compared are marked as all new.
  const [a, b] = [parts(before), parts(now)];
  if (a.length * b.length > 4e6) a.length = 0;
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const nodes = [];
  const mark = (kind, word, text) => {
    const node = document.createElement(kind), unseen = document.createElement("span");
    unseen.className = "unseen";
    unseen.textContent = word;
    node.append(unseen, text);
    nodes.push(node);
  };
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      nodes.push(document.createTextNode(b[j]));
      i++, j++;
    } else if (i < a.length && (j >= b.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      mark("del", "gone: ", a[i++]);
    } else {
      mark("ins", "new: ", b[j++]);
    }
  }
  return nodes;
}

/** The question in a result, if it holds all of one. */
function question(result) {
  const approval = result._meta?.[APPROVAL], plan = result.structuredContent?.plan?.text;
  return typeof approval?.nonce === "string" && typeof plan === "string" ? { approval, plan } : null;
}

/** The result of the call that this panel belongs to. */
function arrived(result) {
  const found = question(result);
  if (found && !page.host.serverTools) {
    head("Not here");
    return end("Nothing was done. This client lets no panel answer." + elsewhere());
  }
  if (found) return show(found.approval, found.plan);
  const plan = result.structuredContent?.plan?.text;
  if (plan !== undefined || texts(result).startsWith("Nothing was done yet")) {
    head("Not here");
    $("plan").textContent = plan ?? texts(result);
    $("plan").hidden = false;
    return end("Nothing was done. This client keeps from the panel what an answer needs, so that it cannot be given here."
      + elsewhere());
  }
  head(result.isError ? "Not done" : "Nothing to approve");
  end(result.isError ? texts(result) : "The call needed no answer.");
}

/** Brings the server what the person said, and the model what came of it. */
async function answer(approve) {
  if (!asked) return;
  if (asked.until <= Date.now()) return expire();
  const { nonce, plan } = asked;
  asked = null;
  clearTimeout(timer);
  for (const button of buttons) button.disabled = true;
  $("ask").hidden = true;
  say(approve ? "Approved; it is being done…" : "Declining…");
  const told = (text) => tell(`The person was shown this plan of ${tool ?? page.tool} in the panel: ${plan}\n${text}`);
  let result;
  try {
    result = await page.request("tools/call", { name: "docker_approve", arguments: { nonce, approve } });
  } catch (error) {
    head("Not known");
    end(approve
      ? `No answer came back (${error.message}). It is not known whether it was done: look before you try again.`
      : `No answer came back (${error.message}). Nothing is done without your approval.`);
    return told(approve
      ? "They approved it, and it is not known whether it was done: look before anything else."
      : "They declined it; nothing was done.");
  }
  const changed = question(result);
  if (changed) return show(changed.approval, changed.plan, plan);
  const text = texts(result);
  if (result.structuredContent?.plan !== undefined) {
    arrived(result);
  } else if (result._meta?.[ERROR]?.kind === "cancelled") {
    head("Not known");
    end("Nobody waited for the end. It is not known whether it was done: look before you try again.");
    await told("They approved it, and it is not known whether it was done: look before anything else.");
  } else if (!result.isError) {
    head("Done");
    end("Approved, and done.");
    $("detail").textContent = text;
    $("detail").hidden = false;
    await told(`They approved it, and it was done: ${text}`);
  } else if (!approve && text.includes("declined")) {
    head("Declined");
    end("Declined; nothing was done.");
    await told("They declined it; nothing was done. Do not try again unless they ask for it.");
  } else {
    head(text.startsWith("answered already") ? "Answered already" : "Not done");
    end(text);
    await told(text);
  }
}

async function tell(text) {
  const untold = " The client does not tell the model: say it in the chat.";
  if (!page.host.updateModelContext) return say($("say").textContent + untold);
  try {
    await page.request("ui/update-model-context", { content: [{ type: "text", text }] }, 30_000);
  } catch {
    say($("say").textContent + untold);
  }
}

$("approve").addEventListener("click", (event) => { if (event.isTrusted) answer(true); });
$("decline").addEventListener("click", (event) => { if (event.isTrusted) answer(false); });

page.begin("mcp-docker-approve", {
  input: () => { if (!asked && $("plan").hidden) head("Looking at what would go…"); },
  result: arrived,
  cancelled: (reason) => {
    head("Not done");
    end(`The call was given up${reason ? `: ${reason}` : ""}. Nothing was done by it.`);
  },
  unanswered: (error) => {
    head("Not here");
    end(`The client did not begin (${error.message}). Nothing is done without your approval.` + elsewhere());
  },
});
})();
