// What the clients of all versions of the TypeScript SDK have in common.
//
// The SDKs agree on most methods, which the checks call on `sdk`; what they differ in is here.

import { setTimeout as sleep } from "node:timers/promises";

export const [transport, server] = process.argv.slice(2);

// What a server has that the client starts: run.sh says it for all of them.
export const env = process.env;

// Answers what is asked, and remembers it.
export class Person {
  answer = "cancel";
  asked = [];

  elicit({ params }) {
    this.asked.push(params.message);
    return { action: this.answer, content: {} };
  }
}

// What the server tells unasked: of a resource its URI, of the list of them `list`.
export class News {
  #told = [];
  #wake = () => {};

  tell(what) {
    this.#told.push(what);
    this.#wake();
  }

  // Waits for news of it; other news are passed over.
  async of(what, within = 240_000) {
    if (!(await this.#comes(what, within))) throw new Error(`no news of ${what}`);
  }

  // Waits, and there are no news of it.
  async noneOf(what, within) {
    if (await this.#comes(what, within)) throw new Error(`news of ${what}`);
  }

  // Waits until nothing is on its way any more, and forgets what came.
  async settle() {
    do {
      this.#told = [];
      await sleep(1500);
    } while (this.#told.length > 0);
  }

  async #comes(what, within) {
    const end = Date.now() + within;
    while (Date.now() < end) {
      while (this.#told.length > 0) {
        if (this.#told.shift() === what) return true;
      }
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, end - Date.now());
      });
    }
    return false;
  }
}

// A client of the eras that have `initialize`.
export class Client {
  notFound = -32002;

  constructor(sdk, person, news, label) {
    Object.assign(this, { sdk, person, news, label: `${label}, ${transport},` });
  }

  // As long as `during` takes there are `news` of these.
  async subscribed({ uris = [], list = false }, during) {
    // Whoever has read the list hears of it.
    if (list) await this.resources();
    for (const uri of uris) await this.sdk.subscribeResource({ uri });
    await during();
    for (const uri of uris) await this.sdk.unsubscribeResource({ uri });
  }

  async prompt(name, args) {
    return (await this.sdk.getPrompt({ name, arguments: args })).messages;
  }

  // Of every page.
  async resources() {
    const resources = [];
    let cursor;
    do {
      const page = await this.sdk.listResources({ cursor });
      resources.push(...page.resources);
      cursor = page.nextCursor;
    } while (cursor);
    return resources;
  }

  async read(uri) {
    const { contents } = await this.sdk.readResource({ uri });
    if (contents.length !== 1) throw new Error(JSON.stringify(contents));
    return contents[0];
  }

  async completePrompt(name, argument, value) {
    return this.#complete({ type: "ref/prompt", name }, argument, value);
  }

  async completeTemplate(uri, argument, value) {
    return this.#complete({ type: "ref/resource", uri }, argument, value);
  }

  async #complete(ref, name, value) {
    return (await this.sdk.complete({ ref, argument: { name, value } })).completion.values;
  }
}
