/** The command with which an administrator grants a role to whoever asked. */

/** Whom to grant what, and where. */
export interface Binding {
  /** As the server knows them: `jane`, `system:serviceaccount:team:operator`; undefined when it does not tell. */
  readonly user: string | undefined;
  /** All namespaces when undefined. */
  readonly namespace: string | undefined;
  readonly role: string;
  /** Whether it is one of the namespace's own, or else of the cluster. */
  readonly isOwn?: boolean;
}

/** The command, for a shell. */
export function bindCommand({ user, namespace, role, isOwn = false }: Binding): string {
  const [kind, place] = namespace === undefined
    ? ["clusterrolebinding", ""]
    : ["rolebinding", ` -n ${namespace}`];
  // Of its own name: the one that deploy/ makes may be there already, for somebody else.
  const name = [role, user?.replace(/^system:serviceaccount:/, "") ?? "check"].map(slug).join("-");
  return `kubectl create ${kind} ${name}${place} --${isOwn ? "role" : "clusterrole"}=${role} ${
    subject(user)
  }`;
}

/** `text` as a part of an object's name. */
function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}

function subject(user: string | undefined): string {
  if (user === undefined) return "--user=NAME";
  const account = /^system:serviceaccount:([^:]+:[^:]+)$/.exec(user)?.[1];
  return account === undefined ? `--user=${quoted(user)}` : `--serviceaccount=${account}`;
}

/** `text` as one word of a shell: a certificate may name anybody. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
