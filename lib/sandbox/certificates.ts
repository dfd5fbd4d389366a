/** Issues X.509 certificates for one day: a certificate authority, and server and client certificates. */

import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate and its private key (PKCS #8), both PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Issues certificates that everything which trusts `certPem` accepts for one day. */
export interface CertificateAuthority {
  readonly certPem: string;
  /** A certificate for a server on the loopback address. */
  issueServer(): CertificatePair;
  /** A certificate by which Kubernetes knows a client as `user`, a member of `groups`. */
  issueClient(user: string, groups: readonly string[]): CertificatePair;
}

/** Makes a new certificate authority with a key of its own. */
export function createCertificateAuthority(): CertificateAuthority {
  const subject = distinguishedName("kube-devops-ca");
  const { privateKey } = createSigningKey();
  const issue = (name: Buffer, extensions: Buffer[]): CertificatePair => {
    const leaf = createSigningKey();
    const certPem = certificate(
      { issuer: subject, subject: name, key: leaf.privateKey, extensions },
      privateKey,
    );
    return { certPem, keyPem: leaf.keyPem };
  };
  return {
    certPem: certificate({
      issuer: subject,
      subject,
      key: privateKey,
      extensions: [extension(OID.basicConstraints, "30030101ff"), extension(OID.keyUsage, "03020204")],
    }, privateKey),
    issueServer: () =>
      issue(distinguishedName("kube-apiserver"), [
        ...leafExtensions(OID.serverAuth),
        extension(OID.subjectAltName, sequence(der(0x82, Buffer.from("localhost")), hex("87047f000001"))),
      ]),
    issueClient: (user, groups) => issue(distinguishedName(user, groups), leafExtensions(OID.clientAuth)),
  };
}

/** A new P-256 key, as an object and as PEM. */
export function createSigningKey(): { privateKey: KeyObject; keyPem: string; publicKeyPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey,
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

interface CertificateContent {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** Object identifiers, each with its DER tag and length. */
const OID = {
  ecdsaWithSha256: "06082a8648ce3d040302",
  commonName: "0603550403",
  organization: "060355040a",
  keyUsage: "0603551d0f",
  subjectAltName: "0603551d11",
  basicConstraints: "0603551d13",
  extKeyUsage: "0603551d25",
  serverAuth: "06082b06010505070301",
  clientAuth: "06082b06010505070302",
} as const;

const DAY_MS = 24 * 60 * 60 * 1000;

function certificate({ issuer, subject, key, extensions }: CertificateContent, signer: KeyObject): string {
  const algorithm = sequence(hex(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial.writeUInt8(0x40 | serial.readUInt8(0) & 0x3f, 0); // positive, and no leading zero
  const content = sequence(
    hex("a003020102"), // version 3
    der(0x02, serial),
    algorithm,
    issuer,
    sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + DAY_MS)),
    subject,
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", content, signer));
  const lines = sequence(content, algorithm, signature).toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function leafExtensions(usage: string): Buffer[] {
  return [extension(OID.keyUsage, "03020780"), extension(OID.extKeyUsage, sequence(hex(usage)))];
}

function extension(oid: string, value: Buffer | string): Buffer {
  return sequence(hex(oid), der(0x04, typeof value === "string" ? hex(value) : value));
}

function distinguishedName(commonName: string, organizations: readonly string[] = []): Buffer {
  const attribute = (oid: string, value: string) =>
    der(0x31, sequence(hex(oid), der(0x0c, Buffer.from(value))));
  return sequence(
    ...organizations.map((name) => attribute(OID.organization, name)),
    attribute(OID.commonName, commonName),
  );
}

function utcTime(ms: number): Buffer {
  return der(0x17, Buffer.from(new Date(ms).toISOString().replace(/^\d\d|[-:T]|\.\d+/g, "")));
}

function sequence(...parts: Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** One DER value; contents of up to 65,535 bytes. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
