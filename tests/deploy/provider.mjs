// An outside identity provider for the tests: `oidc-provider`, with a login form and one client, on a loopback port.
// Usage: node provider.mjs PORT CLIENT SECRET REDIRECT. Whoever types a name is that person; nobody has a password.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const { Provider } = await import(new URL("../../client/node_modules/oidc-provider/lib/index.js", import.meta.url));
const [port, client, secret, redirect] = process.argv.slice(2);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: client,
      client_secret: secret,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [new URL("/signed-out", redirect).href],
      id_token_signed_response_alg: "ES256",
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  jwks: { keys: [{ ...key, kid: "ec-1", use: "sig", alg: "ES256" }] },
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  cookies: { keys: ["one key for the cookies of one test"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, subject) => ({
    accountId: subject,
    claims: () => ({ sub: subject, name: subject.replaceAll("-", " "), email: `${subject}@exemple.fr` }),
  }),
  // Whoever has signed in has agreed: no consent page.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();

createServer(async (request, response) => {
  if (request.url === "/favicon.ico") return response.writeHead(204).end();
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  if (request.method === "POST") {
    let form = "";
    for await (const part of request) form += part;
    const accountId = new URLSearchParams(form).get("subject");
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  return response.end('<form method="post"><label>Name <input name="subject"></label><button>Sign in</button></form>');
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
