/** The certificates of this folder, which `make.sh` makes. */

/** `ca` signs all but `stranger-ca`; `expired` and `other-name` are a server's, as is `server`. */
export type CertificateName =
  | "ca"
  | "stranger-ca"
  | "server"
  | "other-name"
  | "expired"
  | "client-ec"
  | "client-rsa";

/** A certificate for the key of `client-ec` in a form that is too old to be used, PEM. */
export function certificateOfVersion1(): string {
  return Deno.readTextFileSync(new URL("client-ec-v1.crt", import.meta.url));
}

/** The certificate and the private key of that name, PEM; an authority's key is empty, as it was thrown away. */
export function certificate(name: CertificateName): { readonly cert: string; readonly key: string } {
  const read = (file: string) => Deno.readTextFileSync(new URL(file, import.meta.url));
  return { cert: read(`${name}.crt`), key: name.endsWith("ca") ? "" : read(`${name}.key`) };
}
