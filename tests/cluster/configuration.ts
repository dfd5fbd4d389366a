// How the servers of a test cluster are configured: their arguments, keys and certificates, and the kubeconfig.

import { Buffer } from "node:buffer";
import { join } from "node:path";
import { stringify } from "yaml";
import { type CertificateAuthority, createSigningKey } from "../../lib/sandbox/certificates.ts";

/** The arguments of etcd. */
export function etcdArguments(dir: string, clientUrl: string, peerUrl: string): string[] {
  return [
    `--data-dir=${join(dir, "etcd")}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    `--quota-backend-bytes=${8 * 1024 ** 3}`,
    "--unsafe-no-fsync",
  ];
}

/** The arguments of the API server; the files they name are those of {@linkcode writeFiles}. */
export function apiServerArguments(dir: string, port: string, etcdUrl: string): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--tls-cert-file=${join(dir, "server.crt")}`,
    `--tls-private-key-file=${join(dir, "server.key")}`,
    `--client-ca-file=${join(dir, "ca.crt")}`,
    `--token-auth-file=${join(dir, "tokens.csv")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(dir, "service-account.pub")}`,
    `--service-account-signing-key-file=${join(dir, "service-account.key")}`,
    "--authorization-mode=RBAC",
    "--disable-admission-plugins=ServiceAccount", // nothing makes the default service accounts
    "--service-cluster-ip-range=10.0.0.0/24",
    "--allow-privileged=true",
    "--max-requests-inflight=2000",
    "--max-mutating-requests-inflight=1000",
    "--shutdown-watch-termination-grace-period=1s", // an orderly stop does not wait for the ends of watches
  ];
}

/** Writes the files that the API server needs, and the kubeconfig, whose path it returns. */
export async function writeFiles(
  dir: string,
  url: string,
  authority: CertificateAuthority,
  adminToken: string,
): Promise<string> {
  const server = authority.issueServer();
  const serviceAccount = createSigningKey();
  const authorityData = Buffer.from(authority.certPem).toString("base64");
  const kubeconfig = join(dir, "kubeconfig");
  const files = {
    "ca.crt": authority.certPem,
    "server.crt": server.certPem,
    "server.key": server.keyPem,
    "service-account.pub": serviceAccount.publicKeyPem,
    "service-account.key": serviceAccount.keyPem,
    "tokens.csv": `${adminToken},admin,admin,system:masters\n`,
    "kubeconfig": stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{
        name: "test",
        cluster: { server: url, "certificate-authority-data": authorityData },
      }],
      users: [{ name: "admin", user: { token: adminToken } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    }, { version: "1.1" }),
  };
  for (const [name, content] of Object.entries(files)) await Deno.writeTextFile(join(dir, name), content);
  return kubeconfig;
}
