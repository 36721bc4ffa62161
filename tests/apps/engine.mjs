// An Engine of containers, as far as the tests of pages need one. It keeps what goes; it is as slow as it is told.
import { createServer } from "node:http";

export class Engine {
  /** Containers by their names: { id, image }. */
  containers = new Map();
  /** What went, by name, once the Engine was through with it. */
  gone = [];
  /** How long a removal takes. */
  delay = 0;
  /** What a running container uses: parts of one processor, and bytes. */
  load = { cpu: 0.25, memory: 64 * 1024 * 1024 };
  /** What everything takes. */
  usage = {};
  #made = 0;

  /** Makes a container, in place of one of the same name. */
  make(name, image = "shop:1", running = false) {
    const id = (++this.#made).toString(16).padStart(12, "a").padEnd(64, "0");
    this.containers.set(name, { id, image, running, lines: [] });
    return name;
  }

  /** Has a container write lines, each at its time in nanoseconds. */
  write(name, ...lines) {
    for (const [at, text, stream = "stdout"] of lines) this.containers.get(name).lines.push({ at, text, stream });
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

  #running() {
    const running = [...this.containers].filter(([, it]) => it.running);
    return running.map(([name, it]) => ({
      Id: it.id, Names: [`/${name}`], Image: it.image, ImageID: "sha256:0", State: "running", Status: "Up 5 minutes", Created: 1_700_000_000,
    }));
  }

  /** Two readings, a second of one processor of two apart. */
  #measured() {
    const read = (total, system) => ({ cpu_usage: { total_usage: total }, system_cpu_usage: system, online_cpus: 2 });
    return {
      read: new Date().toISOString(), preread: new Date(Date.now() - 1000).toISOString(),
      precpu_stats: read(0, 1e9), cpu_stats: read(Math.round(this.load.cpu * 1e9), 3e9),
      memory_stats: { usage: Math.round(this.load.memory), limit: 512 * 1024 * 1024, stats: {} }, pids_stats: { current: 7 },
      networks: { eth0: { rx_bytes: 1200, tx_bytes: 3400 } }, blkio_stats: {},
    };
  }

  /** The log as the Engine sends it: a frame for each line, chosen by whole seconds, then by their number. */
  #log(container, asked, response) {
    const second = (key) => BigInt(asked.get(key) ?? 0) * 1_000_000_000n;
    const [since, until] = [second("since"), second("until")];
    const tail = asked.get("tail") === "all" ? Infinity : Number(asked.get("tail"));
    const last = container.lines.slice(tail === Infinity ? 0 : Math.max(container.lines.length - tail, 0));
    const sent = [];
    for (const { at, text, stream } of last) {
      if (at < since || (until && at > until) || asked.get(stream) !== "true") continue;
      const seconds = new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19);
      const stamp = `${seconds}.${String(at % 1_000_000_000n).padStart(9, "0")}Z `;
      const line = Buffer.from(`${asked.get("timestamps") === "true" ? stamp : ""}${text}\n`);
      const head = Buffer.alloc(8);
      head[0] = stream === "stderr" ? 2 : 1;
      head.writeUInt32BE(line.length, 4);
      sent.push(head, line);
    }
    response.writeHead(200, { "content-type": "application/vnd.docker.raw-stream" }).end(Buffer.concat(sent));
  }

  async #answer(request, response) {
    const json = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const { pathname, searchParams } = new URL(request.url, "http://engine");
    const path = pathname.replace(/^\/v[\d.]+/, "");
    if (path === "/_ping") return response.end("OK");
    if (path === "/version") return json(200, { Version: "27.0.0", ApiVersion: "1.46", MinAPIVersion: "1.24", Os: "linux" });
    if (path === "/containers/json") return json(200, this.#running());
    if (path === "/volumes") return json(200, { Volumes: this.volumes ?? [] });
    if (path === "/system/df") return json(200, this.usage);
    const [, key] = path.match(/^\/containers\/([^/]+)/) ?? [];
    const [name, container] = key ? this.#find(decodeURIComponent(key)) : [];
    if (!container) return json(404, { message: `no such container: ${key ?? path}` });
    if (path.endsWith("/stats")) return json(200, this.#measured());
    if (path.endsWith("/logs")) return this.#log(container, searchParams, response);
    if (request.method === "GET") {
      return json(200, {
        Id: container.id, Name: `/${name}`, Image: "sha256:0", Config: { Image: container.image }, HostConfig: {},
        Mounts: [], State: { Status: container.running ? "running" : "exited", Running: container.running },
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
