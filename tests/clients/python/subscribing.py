"""Checks of subscriptions: what the server tells unasked, and that it stops."""

from containers import WEB, container, write

# Longer than the server takes to tell, and than it keeps two notifications apart.
A_WHILE = 3
# The interval at which stats are told, and a second.
INTERVAL = 6


async def hears_of_new_output(client):
    uri = f"container://logs/{WEB}"
    async with client.subscribed(uri):
        await client.news.none_of(uri, A_WHILE)
        for text in ["first news", "second news"]:
            await write(text)
            # There may be news of what was written before.
            read = ""
            while text not in read:
                await client.news.of(uri)
                read = (await client.read(uri))["text"]
    await client.news.settle()
    await write("too late")
    await client.news.none_of(uri, A_WHILE)


async def hears_of_stats_from_time_to_time(client):
    uri = f"container://stats/{WEB}"
    async with client.subscribed(uri):
        for _ in range(2):
            await client.news.of(uri)
    await client.news.settle()
    await client.news.none_of(uri, INTERVAL)


async def hears_of_containers_that_come_and_go(client):
    guest = f"{WEB}-guest"

    async def until(listed):
        # Others come and go too.
        while True:
            await client.news.of("list")
            uris = [resource["uri"] for resource in await client.resources()]
            if (f"container://logs/{guest}" in uris) == listed:
                return

    async with client.subscribed(to_list=True):
        async with container(guest):
            await until(listed=True)
        await until(listed=False)


CHECKS = [
    hears_of_new_output,
    hears_of_stats_from_time_to_time,
    hears_of_containers_that_come_and_go,
]
