// Outside identity providers for the tests: `oidc-provider` on loopback ports, one a port, all in this process.
// Usage: node providers.mjs '[{"kind", "port", "elsewhere", "client", "secret", "redirect"}]'; says `listening` once all do.
// Whoever types a name is that person; nobody has a password. A kind has the habits of a real provider (KINDS).
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const { Provider, interactionPolicy } = await import(
  new URL("../../client/node_modules/oidc-provider/lib/index.js", import.meta.url)
);
const DISCOVERY = "/.well-known/openid-configuration";
const OURS = ["client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "claims"];
const KINDS = {
  plain: { algorithm: "ES256", method: "client_secret_basic" },
  // As ProConnect: signed userinfo, levels it insists on, each of which is a new login, and not one parameter more.
  ars: { algorithm: "ES256", method: "client_secret_post", userinfo: "ES256", levels: ["eidas1", "eidas2"], only: OURS },
  association: { algorithm: "RS256", method: "client_secret_basic" },
  // As Pro Santé Connect: its own discovery address, people sent to another host, a national number and no e-mail.
  professional: { algorithm: "RS256", method: "client_secret_post", discovery: "/.well-known/wallet-openid-configuration", national: true, token_s: 120 },
};

const keys = [
  { ...made("ec", { namedCurve: "P-256" }), kid: "ec-1", use: "sig", alg: "ES256" },
  { ...made("rsa", { modulusLength: 2048 }), kid: "rsa-1", use: "sig", alg: "RS256" },
];

function made(type, options) {
  return generateKeyPairSync(type, options).privateKey.export({ format: "jwk" });
}

function start({ kind, port, elsewhere, client, secret, redirect }) {
  const habits = KINDS[kind];
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client,
        client_secret: secret,
        redirect_uris: [redirect],
        post_logout_redirect_uris: [new URL("/signed-out", redirect).href],
        backchannel_logout_uri: redirect.replace(/callback$/, "back-channel-logout"),
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: habits.algorithm,
        token_endpoint_auth_method: habits.method,
        ...(habits.userinfo ? { userinfo_signed_response_alg: habits.userinfo } : {}),
      },
    ],
    jwks: { keys },
    claims: {
      openid: ["sub", ...(habits.national ? ["SubjectNameID"] : [])],
      profile: ["name"],
      email: ["email"],
      ...Object.fromEntries(["acr", "amr", "auth_time"].map((name) => [name, null])),
    },
    acrValues: habits.levels ?? [],
    // All of them are one host to a browser, whose cookies know no port.
    cookies: { keys: ["one key for the cookies of one test"], names: named(kind) },
    ttl: { AccessToken: habits.token_s ?? 3600, Grant: 3600, IdToken: 300, Interaction: 3600, Session: 3600 },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: asksToLeave }, // its own page asks the network for a font
    },
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options), // it calls no loopback address otherwise
    interactions: { url: (_, { uid }) => `/interaction/${uid}`, policy: policy(habits) },
    findAccount: (_, subject) => ({ accountId: subject, claims: () => claims(subject, habits) }),
    // Whoever has signed in has agreed: no consent page.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      grant.addOIDCClaims(["acr", "auth_time"]);
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    const unknown = context.path === "/auth" && habits.only && Object.keys(context.query).filter((name) => !habits.only.includes(name));
    if (unknown && unknown.length > 0) return void (context.status = 400, context.body = `Y000400: ${unknown}`);
    await next();
    if (context.path === DISCOVERY && elsewhere) {
      context.body = { ...context.body, authorization_endpoint: `http://127.0.0.1:${elsewhere}/auth` };
    }
  });
  const answer = answering(provider, habits);
  return [port, ...(elsewhere ? [elsewhere] : [])].map(
    (at) => new Promise((done) => createServer(answer).listen(Number(at), "127.0.0.1", done)),
  );
}

function asksToLeave(context, form) {
  context.body = `<!doctype html><title>Provider</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
}

const named = (kind) => ({ session: `${kind}_session`, interaction: `${kind}_interaction`, resume: `${kind}_resume` });

function claims(subject, habits) {
  const who = { sub: subject, name: subject.replaceAll("-", " ") };
  return habits.national ? { ...who, SubjectNameID: `8${subject.length}0000000` } : { ...who, email: `${subject}@exemple.fr` };
}

// A level that is insisted on is always asked for again, as ProConnect does for its higher ones.
function policy(habits) {
  const { base, Check } = interactionPolicy;
  const made = base();
  const isNew = ({ oidc }) => oidc.claims.id_token?.acr?.essential && !oidc.result?.login;
  const insists = new Check("level", "a level wants a login", "login_required", (context) => isNew(context) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT);
  if (habits.levels) made.get("login").checks.add(insists);
  return made;
}

function answering(provider, habits) {
  const answer = provider.callback();
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (pathname === "/frame") return html(response, `<iframe title="logout" src="${searchParams.get("of").replaceAll("&", "&amp;")}"></iframe>`);
    if (habits.discovery && pathname === DISCOVERY) return response.writeHead(404).end();
    if (pathname === habits.discovery) request.url = DISCOVERY;
    if (!pathname.startsWith("/interaction/")) return answer(request, response);
    if (request.method !== "POST") return html(response, form(habits.levels ?? []));
    let said = "";
    for await (const part of request) said += part;
    const { subject, acr } = Object.fromEntries(new URLSearchParams(said));
    return provider.interactionFinished(request, response, { login: { accountId: subject, ...(acr ? { acr } : {}) } });
  };
}

function form(levels) {
  const level = levels.map((one) => `<option>${one}</option>`).join("");
  const choice = level && `<label>Level <select name="acr">${level}</select></label>`;
  return `<form method="post"><label>Name <input name="subject"></label>${choice}<button>Sign in</button></form>`;
}

function html(response, body) {
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  return response.end(`<!doctype html><title>Provider</title>${body}`);
}

await Promise.all(JSON.parse(process.argv[2]).flatMap(start));
console.log("listening");
