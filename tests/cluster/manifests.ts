// Reads streams of Kubernetes objects.

import { parseAllDocuments } from "yaml";

/** An object of Kubernetes, as far as the tests look into it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The objects of a stream of YAML documents, in the order of their kinds, namespaces and names. */
export function objectsIn(text: string): readonly Manifest[] {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  return inOrder(objects.filter((object) => object !== null));
}

/** The same objects, in the order of their kinds, namespaces and names. */
export function inOrder(objects: readonly Manifest[]): readonly Manifest[] {
  const key = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
  return objects.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
