/** A pod's service account: read once, read again when the kubelet renews it, and told plainly when it is not there. */

import assert from "node:assert/strict";
import { inClusterCredentials, SERVICE_ACCOUNT_DIR } from "../../lib/kube/in_cluster.ts";
import { json, refusal } from "../support/replies.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { serving } from "./harness.ts";
import { toGet } from "../support/wire.ts";

const SERVER = "https://10.0.0.1:443";

/** A folder as the kubelet keeps it: the files are links through `..data` to a folder that is swapped as a whole. */
class ServiceAccount implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  #swaps = 0;

  constructor(token: string, ca: string) {
    this.renew(token, ca);
    for (const file of ["token", "ca.crt"]) Deno.symlinkSync(`..data/${file}`, `${this.directory}/${file}`);
  }

  renew(token: string, ca: string): void {
    const folder = `..${this.#swaps++}`;
    Deno.mkdirSync(`${this.directory}/${folder}`);
    Deno.writeTextFileSync(`${this.directory}/${folder}/token`, token);
    Deno.writeTextFileSync(`${this.directory}/${folder}/ca.crt`, ca);
    Deno.symlinkSync(folder, `${this.directory}/..data_tmp`);
    Deno.renameSync(`${this.directory}/..data_tmp`, `${this.directory}/..data`);
  }

  /** Changes a file behind the reader's back: neither its time nor its size or place tells. */
  tamper(token: string): void {
    const path = `${this.directory}/token`;
    const { atime, mtime } = Deno.statSync(path);
    Deno.writeTextFileSync(path, token);
    Deno.utimeSync(path, atime!, mtime!);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** A clock on which a second passes between any two looks. */
const secondsApart = () => {
  let at = 0;
  return () => at += 1_000;
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

Deno.test("inClusterCredentials() gives the token without its newline, and the CA", async () => {
  using account = new ServiceAccount("token-1\n", "the CA");
  const credentials = inClusterCredentials(SERVER, account.directory);
  assert.deepEqual(await credentials.access(), {
    headers: bearer("token-1"),
    tls: { ca: "the CA", client: undefined },
  });
  const { server, origin, renews } = credentials;
  assert.deepEqual({ server, origin, renews }, {
    server: SERVER,
    origin: "the pod's service account",
    renews: true,
  });
});

Deno.test("inClusterCredentials() tells the namespace that the pod is in, or that there is no telling", async () => {
  using account = new ServiceAccount("token", "the CA");
  const credentials = inClusterCredentials(SERVER, account.directory);
  await assert.rejects(credentials.namespace!(), {
    name: "CredentialsError",
    message: /^Cannot read the service account in .*Is automountServiceAccountToken on for this pod\?$/,
  });
  Deno.writeTextFileSync(`${account.directory}/namespace`, "devops-system\n");
  assert.equal(await credentials.namespace!(), "devops-system");
});

Deno.test("inClusterCredentials() reads the files once as long as they do not change", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory, secondsApart());
  const first = await credentials.access();
  account.tamper("token-2");
  assert.deepEqual(await credentials.access(), first);
});

Deno.test("inClusterCredentials() reads them again when the kubelet swaps their folder, within the same second", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory, secondsApart());
  for (let renewal = 2; renewal < 6; renewal++) {
    await credentials.access();
    account.renew(`token-${renewal}`, "CA");
    assert.deepEqual((await credentials.access()).headers, bearer(`token-${renewal}`));
  }
});

Deno.test("inClusterCredentials() reads them again when only the CA has changed", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory, secondsApart());
  await credentials.access();
  Deno.writeTextFileSync(`${account.directory}/ca.crt`, "longer CA");
  assert.equal((await credentials.access()).tls.ca, "longer CA");
});

Deno.test("inClusterCredentials() reads them again when a file of the same size is written over", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory, secondsApart());
  await credentials.access();
  Deno.writeTextFileSync(`${account.directory}/token`, "token-2");
  Deno.utimeSync(`${account.directory}/token`, new Date(), new Date(Date.now() + 5_000));
  assert.deepEqual((await credentials.access()).headers, bearer("token-2"));
});

Deno.test("inClusterCredentials() looks at the files at most once a second", async () => {
  using account = new ServiceAccount("token-1", "CA");
  let at = 5_000;
  const credentials = inClusterCredentials(SERVER, account.directory, () => at);
  const first = await credentials.access();
  account.renew("token-2", "CA");
  at += 999;
  assert.equal(await credentials.access(), first);
  at += 1;
  assert.deepEqual((await credentials.access()).headers, bearer("token-2"));
});

Deno.test("inClusterCredentials() reads them again at once after a rejection", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory);
  const rejected = await credentials.access();
  account.tamper("token-2");
  credentials.rejected(rejected);
  assert.deepEqual((await credentials.access()).headers, bearer("token-2"));
});

Deno.test("inClusterCredentials() and a transport get over a token that was renewed unseen", () =>
  serving([refusal(401, "Unauthorized"), json({})], async ({ server, signal }) => {
    using account = new ServiceAccount("token-1", await Deno.readTextFile(CA_FILE));
    const credentials = inClusterCredentials(server.url, account.directory);
    await credentials.access();
    account.tamper("token-2");
    const transport = new Transport({ credentials, userAgent: "test" });
    const response = await transport.fetch(signal)(toGet(server.url));
    assert.equal(response.status, 200);
    await response.json();
    transport.close();
    const sent = server.requests.map(({ headers }) => headers.get("authorization"));
    assert.deepEqual(sent, ["Bearer token-1", "Bearer token-2"]);
  }));

const CA_FILE = new URL("../support/certificates/ca.crt", import.meta.url);

for (const missing of ["token", "ca.crt"]) {
  Deno.test(`inClusterCredentials() says in one sentence that ${missing} is missing, and what to look at`, async () => {
    using account = new ServiceAccount("token-1", "CA");
    Deno.removeSync(`${account.directory}/${missing}`);
    const words =
      /^Cannot read the service account in .*: No such file.*\. Is automountServiceAccountToken on for this pod\?$/;
    await assert.rejects(
      async () => await inClusterCredentials(SERVER, account.directory).access(),
      (error: Error) => {
        assert.equal(error.name, "CredentialsError");
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}

Deno.test("inClusterCredentials() refuses a token that cannot be sent, and does not repeat it", async () => {
  using account = new ServiceAccount("CANARY\nsecond line\n", "CA");
  await assert.rejects(
    async () => await inClusterCredentials(SERVER, account.directory).access(),
    (error: Error) => {
      assert.equal(error.name, "CredentialsError");
      assert.match(error.message, /^The token of the pod's service account cannot be sent: /);
      assert.doesNotMatch(Deno.inspect(error), /CANARY/);
      return true;
    },
  );
});

Deno.test("inClusterCredentials() recovers when the files come back", async () => {
  using account = new ServiceAccount("token-1", "CA");
  const credentials = inClusterCredentials(SERVER, account.directory);
  Deno.renameSync(`${account.directory}/..data`, `${account.directory}/..gone`);
  await assert.rejects(async () => await credentials.access(), { name: "CredentialsError" });
  Deno.renameSync(`${account.directory}/..gone`, `${account.directory}/..data`);
  assert.deepEqual((await credentials.access()).headers, bearer("token-1"));
});

Deno.test("A service account's files are where the kubelet puts them", () =>
  assert.equal(SERVICE_ACCOUNT_DIR, "/var/run/secrets/kubernetes.io/serviceaccount"));
