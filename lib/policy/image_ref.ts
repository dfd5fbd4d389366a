/** Image references: which registry, repository, tag and digest a container's `image` means. */

/** The parts of an image reference; source: the grammar of `distribution/reference`. */
export interface ImageRef {
  /** The host, with its port if it names one; `docker.io` when the reference names none. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** `algorithm:hex`. */
  readonly digest: string | undefined;
}

/** Takes a reference apart. Total: text outside the grammar comes back as a repository, never as an error. */
export function parseImageRef(image: string): ImageRef {
  const at = image.indexOf("@");
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const named = at < 0 ? image : image.slice(0, at);
  const colon = tagColon(named, named.length);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const path = colon < 0 ? named : named.slice(0, colon);
  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  return isHost(first)
    ? { registry: first, repository: path.slice(slash + 1), tag, digest }
    : { registry: "docker.io", repository: path, tag, digest };
}

/**
 * Whether a kubelet would pull `latest`: the tag says so, or there is neither tag nor digest.
 *
 * Says the same as {@linkcode parseImageRef} without allocating: it runs for every container at every evaluation.
 */
export function resolvesToLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const colon = tagColon(image, image.length);
  return colon < 0 || (image.length - colon === LATEST.length && image.endsWith(LATEST));
}

const LATEST = ":latest";

/** A colon starts a tag only after the last slash: before it, it starts a registry's port. */
function tagColon(image: string, end: number): number {
  const colon = image.lastIndexOf(":", end);
  return colon > image.lastIndexOf("/", end) ? colon : -1;
}

/** A first component with a dot, a port or an upper-case letter cannot be part of a repository, so it is a host. */
function isHost(component: string): boolean {
  return component.includes(".") || component.includes(":") || component === "localhost" ||
    component !== component.toLowerCase();
}
