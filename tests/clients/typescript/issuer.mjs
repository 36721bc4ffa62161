// An issuer of access tokens: oidc-provider, with a person who agrees to everything.
//
// Says where it listens on stderr. RESOURCE is the one address that its tokens are for; KNOWN_BY says whether clients
// register, or are known by the address of a document. Tokens expire after seconds; `/rotate` makes new keys.

import http from "node:http";

import { exportJWK, generateKeyPair } from "jose";
import { Provider, errors } from "oidc-provider";

const { RESOURCE, KNOWN_BY } = process.env;
const SECONDS = 3;
const byDocument = KNOWN_BY === "document";

const document = {
  client_id: "https://client.test/oauth/client.json",
  client_name: "known by a document",
  redirect_uris: ["http://127.0.0.1:9499/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
  application_type: "native",
};

// One store for all that follow each other: what comes with it forgets its clients.
const store = new Map();
const grants = new Map();
class Adapter {
  constructor(name) {
    this.name = name;
  }
  key(id) {
    return `${this.name}:${id}`;
  }
  async upsert(id, payload) {
    store.set(this.key(id), payload);
    if (payload.uid) store.set(`uid:${payload.uid}`, id);
    if (payload.grantId) {
      grants.set(payload.grantId, [...(grants.get(payload.grantId) ?? []), this.key(id)]);
    }
  }
  async find(id) {
    return store.get(this.key(id));
  }
  async findByUid(uid) {
    return this.find(store.get(`uid:${uid}`));
  }
  async findByUserCode() {}
  async consume(id) {
    const found = store.get(this.key(id));
    if (found) found.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    store.delete(this.key(id));
  }
  async revokeByGrantId(grant) {
    for (const key of grants.get(grant) ?? []) store.delete(key);
    grants.delete(grant);
  }
}

let generation = 0;
let keys = [];
async function provider(issuer) {
  generation += 1;
  const key = async (alg, kid) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: "sig", kid };
  };
  // The first of its kind signs; the other kind is for the id tokens of clients that name none.
  keys = [await key("ES256", `key-${generation}`), await key("RS256", `id-${generation}`), ...keys];
  return new Provider(issuer, {
    adapter: Adapter,
    jwks: { keys },
    cookies: { keys: ["of this machine alone"] },
    scopes: ["openid", "offline_access", "docker:read", "docker:write"],
    pkce: { required: () => true },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
    ttl: {
      AccessToken: SECONDS,
      AuthorizationCode: 60,
      RefreshToken: 3600,
      Grant: 3600,
      Session: 3600,
      Interaction: 600,
      IdToken: 600,
    },
    findAccount: async (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    // In place of the public document, which is to be served by https.
    fetch: async (url, options) =>
      String(url) === document.client_id ? Response.json(document) : fetch(url, options),
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: !byDocument },
      clientIdMetadataDocument: { enabled: byDocument, ack: "draft-02" },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_, __, oneOf) => oneOf?.[0],
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_, resource) => {
          if (resource !== RESOURCE) throw new errors.InvalidTarget();
          return {
            scope: "docker:read docker:write",
            audience: resource,
            accessTokenTTL: SECONDS,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "ES256" } },
          };
        },
      },
    },
  });
}

let handler;
const server = http.createServer(async (request, response) => {
  if (request.url === "/rotate") {
    handler = (await provider(issuer)).callback();
    response.end();
    return;
  }
  if (request.url === "/reg") {
    // What a client registers for is all that it may ever ask for, and it asks for little at first.
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    request.body = JSON.parse(Buffer.concat(chunks));
    delete request.body.scope;
  }
  handler(request, response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
handler = (await provider(issuer)).callback();
process.stderr.write(`Listening at ${issuer}\n`);
