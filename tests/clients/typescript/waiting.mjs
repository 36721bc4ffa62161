// Checks of waits: each event comes as progress before the result, and a wait ends in three ways.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { docker, web } from "./containers.mjs";

const about = `container ${web}: `;

// What the progress of a call tells of `web`: an action each.
class Told {
  actions = [];
  #wake = () => {};

  onprogress = ({ message }) => {
    // Others tell how long it has been, and of what else there is on the Engine.
    if (!message.startsWith(about)) return;
    this.actions.push(message.slice(about.length));
    this.#wake();
  };

  // Waits until there were so many of an action, or of all.
  async of(action, times) {
    const late = sleep(240_000, true, { ref: false });
    while (this.actions.filter((it) => !action || it === action).length < times) {
      const more = new Promise((resolve) => (this.#wake = resolve));
      assert.ok(!(await Promise.race([more, late])), `not told: ${this.actions}`);
    }
  }
}

// A call that may take longer than this SDK waits by itself.
const patient = (told, signal) => ({ onprogress: told.onprogress, signal, timeout: 300_000 });

// During `during` something happens to `web` again and again.
async function restless(during) {
  let over = false;
  const pausing = (async () => {
    while (!over) {
      await docker("pause", web);
      await docker("unpause", web);
      await sleep(1500);
    }
  })();
  // What fails here fails when it is waited for.
  pausing.catch(() => {});
  try {
    return await Promise.race([during(), pausing.then(() => assert.fail("it rests"))]);
  } finally {
    over = true;
    await pausing;
  }
}

const ofWeb = ({ events }) => events.filter(({ name }) => name === web).map(({ action }) => action);

// The events that a result holds were told by then, and in that order. Of those that this SDK reads in
// one piece with the result it tells nobody; a busy machine may let that happen.
function areTold(told, result) {
  const [said, actions] = [told.actions.map((it) => it.split(" with ")[0]), ofWeb(result)];
  assert.ok(said.length > 0, JSON.stringify(result));
  assert.deepEqual(said, actions.slice(0, said.length));
}

// A wait that is cancelled once it has told something, and then one more.
async function cancels(client, tool, args) {
  await restless(async () => {
    const [told, controller] = [new Told(), new AbortController()];
    const call = client.call(tool, args, patient(told, controller.signal));
    const rejected = assert.rejects(call);
    await told.of(undefined, 1);
    controller.abort("enough");
    await rejected;
    // There is room for one, so that this one has it only after the end of the one before.
    const wait = { for: "event", containers: [web], timeout: 300 };
    const { isError, content, structuredContent } = await client.call("docker_wait", wait);
    assert.ok(!isError && structuredContent.met, content[0].text);
  });
}

export const checks = {
  "hears each event before a wait is met": async (client) => {
    const told = new Told();
    let ended = false;
    const wait = { for: "exited", containers: [web], timeout: 300 };
    const call = client.call("docker_wait", wait, patient(told)).finally(() => (ended = true));
    await restless(() => told.of(undefined, 1));
    for (const times of [1, 2]) {
      // It takes no notice, so that the wait goes on and the event comes before its result.
      await docker("kill", "--signal", "WINCH", web);
      await told.of("kill", times);
    }
    assert.ok(!ended);
    await docker("kill", web);
    const { structuredContent } = await call;
    assert.equal(structuredContent.met, true);
    areTold(told, structuredContent);
    assert.equal(ofWeb(structuredContent).at(-1), "die");
  },
  "sees a wait end at its deadline": async (client) => {
    const wait = { for: "exited", containers: [web], timeout: 1 };
    const { structuredContent } = await client.call("docker_wait", wait, patient(new Told()));
    const { met, waited, hint } = structuredContent;
    assert.ok(!met && waited >= 1, JSON.stringify(structuredContent));
    assert.ok(hint.includes(`\`${web}\` is running`), hint);
  },
  "cancels a wait": (client) =>
    cancels(client, "docker_wait", { for: "exited", containers: [web], timeout: 300 }),
  "hears each event of a stretch ahead": (client) =>
    restless(async () => {
      const stretch = { since: "now", until: "+2s", filters: { container: web } };
      let told, result;
      // A machine that is slow enough lets nothing happen in it, or all at its end.
      do {
        told = new Told();
        result = (await client.call("docker_events", stretch, patient(told))).structuredContent;
      } while (told.actions.length === 0);
      areTold(told, result);
    }),
  "cancels a stretch ahead": (client) =>
    cancels(client, "docker_events", { since: "now", until: "+290s", filters: { container: web } }),
};
