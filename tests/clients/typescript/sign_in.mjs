// Signs in with the TypeScript SDK, before version 2 or since: `node sign_in.mjs NAME SERVER ISSUER`.

const [name, server, issuer] = process.argv.slice(2);
const isOld = name.startsWith("typescript1");
const redirect = "http://127.0.0.1:9499/callback";

let Sdk, Transport, UnauthorizedError;
if (isOld) {
  ({ Client: Sdk } = await import("@modelcontextprotocol/sdk/client/index.js"));
  ({ StreamableHTTPClientTransport: Transport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js"));
  ({ UnauthorizedError } = await import("@modelcontextprotocol/sdk/client/auth.js"));
} else {
  ({ Client: Sdk, StreamableHTTPClientTransport: Transport, UnauthorizedError } = await import(
    "@modelcontextprotocol/client"
  ));
}

let failed = false;
function check(what, holds, shown = "") {
  console.log(`${holds ? "ok" : "FAILED"} ${name}: ${what}${holds ? "" : `: ${shown}`}`);
  failed ||= !holds;
}

// The person: follows every link, fills in every form, until it leads back to the client.
async function agree(url) {
  const jar = new Map();
  let form;
  for (let step = 0; step < 20; step += 1) {
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form,
      redirect: "manual",
      headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join("; ") },
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) jar.set(key, value);
      else jar.delete(key);
    }
    if (response.status >= 300 && response.status < 400) {
      url = new URL(response.headers.get("location"), url).href;
      if (url.startsWith(redirect)) return new URL(url).searchParams;
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (!action) throw new Error(`${response.status} ${url}: ${page.slice(0, 300)}`);
    url = new URL(action, url).href;
    form = new URLSearchParams(prompt === "login" ? { prompt, login: "alice", password: "x" } : { prompt });
  }
  throw new Error("it leads nowhere");
}

let client, tokens, verifier, asked, discovered;
let logins = 0;
const authProvider = {
  redirectUrl: redirect,
  ...(process.env.KNOWN_BY === "document" ? { clientMetadataUrl: "https://client.test/oauth/client.json" } : {}),
  clientMetadata: {
    client_name: name,
    redirect_uris: [redirect],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  },
  state: () => crypto.randomUUID(),
  clientInformation: () => client,
  saveClientInformation: (it) => void (client = it),
  tokens: () => tokens,
  saveTokens: (it) => void (tokens = it),
  redirectToAuthorization: (it) => void (asked = it),
  saveCodeVerifier: (it) => void (verifier = it),
  codeVerifier: () => verifier,
  saveDiscoveryState: (it) => void (discovered = it),
  discoveryState: () => discovered,
  invalidateCredentials: () => void (tokens = undefined),
};

let sdk, transport;
async function connect() {
  sdk = new Sdk({ name: "test", version: "1" });
  transport = new Transport(new URL(server), { authProvider });
  await sdk.connect(transport);
}

// Does it, and has the person agree where it takes that.
async function signedIn(action) {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      logins += 1;
      const back = await agree(asked.href);
      await transport.finishAuth(isOld ? back.get("code") : back);
    }
  }
  throw new Error("it asks again and again");
}
const read = () => signedIn(() => sdk.callTool({ name: "docker_list_containers", arguments: {} }));
const write = () =>
  signedIn(() => sdk.callTool({ name: "docker_stop_container", arguments: { container_id: "none-of-that-name" } }));
const claims = () => JSON.parse(Buffer.from(tokens.access_token.split(".")[1], "base64url"));

await signedIn(connect);
check("signs in", logins === 1, logins);
check("asks for what opens least", claims().scope === "docker:read", claims().scope);
check("is known as it should be", client?.client_id.startsWith("https:") === (process.env.KNOWN_BY === "document"));
const listed = await read();
check("reads", listed.isError !== true, JSON.stringify(listed));

try {
  const stopped = await write();
  const text = stopped.content[0].text;
  check("asks for more", !isOld && logins === 2 && text.includes("none-of-that-name"), text);
  check("keeps what it had", claims().scope.split(" ").sort().join() === "docker:read,docker:write", claims().scope);
} catch (error) {
  // This SDK asks its refresh token for more, which has no more.
  check("cannot ask for more", isOld && error.message.includes("403"), error.stack);
}

const before = tokens.access_token;
const logged = logins;
await fetch(`${issuer}/rotate`);
// Until nobody takes it any more: the server lets clocks differ by five seconds.
const expired = (claims().exp + 6) * 1000 - Date.now();
await new Promise((resolve) => setTimeout(resolve, Math.max(expired, 0)));
const again = await read();
check("reads with a new token", again.isError !== true && tokens.access_token !== before, JSON.stringify(again));
check("and nobody signed in again", logins === logged, logins);
const head = JSON.parse(Buffer.from(tokens.access_token.split(".")[0], "base64url"));
check("by a new key", head.kid === "key-2", head.kid);
process.exit(failed ? 1 : 0);
