// Checks of subscriptions: what the server tells unasked, and that it stops.

import { web, withContainer, write } from "./containers.mjs";

// Longer than the server takes to tell, and than it keeps two notifications apart.
const A_WHILE = 3000;
// The interval at which stats are told, and a second.
const INTERVAL = 6000;

export const checks = {
  "hears of new output": async (client) => {
    const { news } = client;
    const uri = `container://logs/${web}`;
    await client.subscribed({ uris: [uri] }, async () => {
      await news.noneOf(uri, A_WHILE);
      for (const text of ["first news", "second news"]) {
        await write(text);
        // There may be news of what was written before.
        do await news.of(uri);
        while (!(await client.read(uri)).text.includes(text));
      }
    });
    await news.settle();
    await write("too late");
    await news.noneOf(uri, A_WHILE);
  },
  "hears of stats from time to time": async (client) => {
    const { news } = client;
    const uri = `container://stats/${web}`;
    await client.subscribed({ uris: [uri] }, async () => {
      await news.of(uri);
      await news.of(uri);
    });
    await news.settle();
    await news.noneOf(uri, INTERVAL);
  },
  "hears of containers that come and go": async (client) => {
    const guest = `${web}-guest`;
    const listed = async () =>
      (await client.resources()).some(({ uri }) => uri === `container://logs/${guest}`);
    await client.subscribed({ list: true }, async () => {
      await withContainer(guest, [], async () => {
        // Others come and go too.
        do await client.news.of("list");
        while (!(await listed()));
      });
      do await client.news.of("list");
      while (await listed());
    });
  },
};
