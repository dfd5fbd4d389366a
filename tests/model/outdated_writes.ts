/** Finds writes that cannot but lose: whoever has been told of a newer state by an answer must not write from an older one. */

/** Follows what the operator sends about policies, and what it is told. */
export class OutdatedWrites {
  readonly found: string[] = [];
  /** By policy: the newest version that an answer has told of. */
  readonly #told = new Map<string, number>();

  /** The operator sends this. */
  async send(request: Request): Promise<void> {
    const { pathname } = new URL(request.url);
    if (request.method !== "PATCH" || !pathname.endsWith("/status")) return;
    const [, namespace, name] = /namespaces\/([^/]+)\/devopspolicies\/([^/]+)/.exec(pathname)!;
    const { metadata: { resourceVersion } } = await request.clone().json();
    const told = this.#told.get(`${namespace}/${name}`) ?? 0;
    if (Number(resourceVersion) < told) {
      this.found.push(`${namespace}/${name} from ${resourceVersion}, although ${told} was known`);
    }
  }

  /** The operator gets this policy as an answer. */
  tell(policy: string): void {
    const { metadata: { namespace, name, resourceVersion } } = JSON.parse(policy);
    this.#told.set(`${namespace}/${name}`, Number(resourceVersion));
  }
}
