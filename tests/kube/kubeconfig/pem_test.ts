/** Certificates and keys of a kubeconfig: in it or beside it, of every form that there is. */

import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { createClient } from "../../../lib/kube/http_client.ts";
import { Entry } from "../../../lib/kube/kubeconfig/file.ts";
import { clientCertificate, pemSource } from "../../../lib/kube/kubeconfig/pem.ts";
import { certificate } from "../../support/certificates/mod.ts";
import { KubeconfigFolder } from "../../support/kubeconfig_files.ts";
import { credentialsError } from "../harness.ts";

const ORIGIN = 'context "dev"';
const [ca, ec, rsa] = [certificate("ca").cert, certificate("client-ec"), certificate("client-rsa")];

const entry = (settings: Record<string, unknown>, folder = "/nowhere") => new Entry("", settings, folder);
const caOf = (settings: Record<string, unknown>, folder?: string) =>
  pemSource(entry(settings, folder), "certificate-authority", ORIGIN);
const clientOf = (settings: Record<string, unknown>) => clientCertificate(entry(settings), ORIGIN).read();

Deno.test("pemSource() decodes what is in the kubeconfig, on one line or many", async () => {
  for (const data of [btoa(ca), btoa(ca).replaceAll(/(.{64})/g, "$1\n")]) {
    const source = caOf({ "certificate-authority-data": data });
    assert.deepEqual([source.isGiven, await source.read()], [true, ca]);
  }
});

Deno.test("pemSource() reads the file, relative to the kubeconfig, and again when it changes or is rejected", async () => {
  using folder = new KubeconfigFolder();
  const path = folder.write("pki/ca.crt", ca);
  const source = caOf({ "certificate-authority": "pki/ca.crt" }, folder.path);
  assert.deepEqual([source.isGiven, await source.read()], [true, ca]);
  folder.write("pki/ca.crt", "renewed");
  assert.equal(await source.read(), "renewed");
  const { atime, mtime } = Deno.statSync(path);
  folder.write("pki/ca.crt", "unseen!");
  Deno.utimeSync(path, atime!, mtime!);
  assert.equal(await source.read(), "renewed");
  source.forget();
  assert.equal(await source.read(), "unseen!");
});

Deno.test("pemSource() takes the data before the file, which may not even be there, as kubectl does", async () => {
  const source = caOf({ "certificate-authority-data": btoa(ca), "certificate-authority": "/none" });
  assert.equal(await source.read(), ca);
});

Deno.test("pemSource() has nothing where nothing is given", async () => {
  const source = caOf({});
  assert.deepEqual([source.isGiven, await source.read()], [false, undefined]);
});

Deno.test("pemSource() refuses a file that is not there", async () => {
  const words =
    /^Cannot read the certificate-authority of context "dev" at \/none: there is no such file\. Check the/;
  await assert.rejects(caOf({ "certificate-authority": "/none" }).read(), credentialsError(words));
});

Deno.test("pemSource() refuses data that are no base64, without repeating them", () => {
  assert.throws(() => caOf({ "certificate-authority-data": "hunter2!" }), (error: Error) => {
    credentialsError(/^The certificate-authority-data of context "dev" is no base64: write it again, /)(
      error,
    );
    assert.doesNotMatch(Deno.inspect(error), /hunter2/);
    return true;
  });
});

/** The key of a certificate in another form. */
function exported(key: string, type: "sec1" | "pkcs1" | "pkcs8", passphrase?: string): string {
  const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return String(createPrivateKey(key).export({ type, format: "pem", ...cipher } as never));
}

for (
  const [form, cert, key, head] of [
    ["EC, SEC 1", ec.cert, exported(ec.key, "sec1"), "EC PRIVATE KEY"],
    ["EC, PKCS 8", ec.cert, exported(ec.key, "pkcs8"), "PRIVATE KEY"],
    ["RSA, PKCS 1", rsa.cert, exported(rsa.key, "pkcs1"), "RSA PRIVATE KEY"],
    ["RSA, PKCS 8", rsa.cert, exported(rsa.key, "pkcs8"), "PRIVATE KEY"],
  ] as const
) {
  Deno.test(`clientCertificate() gives a key that connections can use: ${form}`, async () => {
    assert(key.startsWith(`-----BEGIN ${head}-----`));
    const client = await clientOf({ "client-certificate-data": btoa(cert), "client-key-data": btoa(key) });
    assert.deepEqual(client, { cert, key });
    createClient({ tls: { ca, client } }, ORIGIN).close();
  });
}

const LEGACY = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00

AAAA
-----END RSA PRIVATE KEY-----`;

for (const key of [exported(ec.key, "pkcs8", "hunter2"), LEGACY]) {
  Deno.test(`clientCertificate() refuses an encrypted key: ${key.slice(11, 36).split("\n")[0]}`, async () => {
    const read = clientOf({ "client-certificate-data": btoa(ec.cert), "client-key-data": btoa(key) });
    const words =
      /^The client key of context "dev" is encrypted, and nobody is asked for its password: write it/;
    await assert.rejects(read, credentialsError(words));
  });
}

Deno.test("clientCertificate() refuses a half of it", async () => {
  await assert.rejects(
    clientOf({ "client-certificate-data": btoa(ec.cert) }),
    credentialsError(/^The user of context "dev" has a client certificate without its key\.$/),
  );
  await assert.rejects(
    clientOf({ "client-key-data": btoa(ec.key) }),
    credentialsError(/^The user of context "dev" has a client key without its certificate\.$/),
  );
});

Deno.test("clientCertificate() reads both files again after a rejection", async () => {
  using folder = new KubeconfigFolder();
  folder.write("c", "cert-1");
  folder.write("k", "key-1");
  const source = clientCertificate(
    entry({ "client-certificate": "c", "client-key": "k" }, folder.path),
    ORIGIN,
  );
  assert.deepEqual(await source.read(), { cert: "cert-1", key: "key-1" });
  for (const name of ["c", "k"]) {
    const { atime, mtime } = Deno.statSync(`${folder.path}/${name}`);
    folder.write(name, name === "c" ? "cert-2" : "key-2");
    Deno.utimeSync(`${folder.path}/${name}`, atime!, mtime!);
  }
  source.forget();
  assert.deepEqual(await source.read(), { cert: "cert-2", key: "key-2" });
});
