// An Engine of containers, as far as the panel's tests need one. It keeps what goes; it is as slow as it is told.
import { createServer } from "node:http";

export class Engine {
  /** Containers by their names: { id, image }. */
  containers = new Map();
  /** What went, by name, once the Engine was through with it. */
  gone = [];
  /** How long a removal takes. */
  delay = 0;
  #made = 0;

  /** Makes a container, in place of one of the same name. */
  make(name, image = "shop:1") {
    const id = (++this.#made).toString(16).padStart(12, "a").padEnd(64, "0");
    this.containers.set(name, { id, image });
    return name;
  }

  async start() {
    const server = createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return `tcp://127.0.0.1:${server.address().port}`;
  }

  #find(key) {
    for (const [name, it] of this.containers) if (name === key || it.id.startsWith(key)) return [name, it];
    return [];
  }

  async #answer(request, response) {
    const json = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const path = new URL(request.url, "http://engine").pathname.replace(/^\/v[\d.]+/, "");
    if (path === "/_ping") return response.end("OK");
    if (path === "/version") return json(200, { Version: "27.0.0", ApiVersion: "1.46", MinAPIVersion: "1.24", Os: "linux" });
    if (path === "/containers/json") return json(200, []);
    if (path === "/volumes") return json(200, { Volumes: this.volumes ?? [] });
    if (path === "/system/df") return json(200, {});
    const [, key] = path.match(/^\/containers\/([^/]+)/) ?? [];
    const [name, container] = key ? this.#find(decodeURIComponent(key)) : [];
    if (!container) return json(404, { message: `no such container: ${key ?? path}` });
    if (request.method === "GET") {
      return json(200, {
        Id: container.id, Name: `/${name}`, Image: "sha256:0", Config: { Image: container.image }, HostConfig: {},
        Mounts: [], State: { Status: "exited", Running: false },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    // A client that hung up took its request back.
    if (response.destroyed) return;
    this.containers.delete(name);
    this.gone.push(name);
    response.writeHead(204).end();
  }
}
