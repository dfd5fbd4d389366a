/** What a real API server has and the sandbox has not, so that it can say so instead of claiming that it does not exist. */

/** Resources of the core group. */
export const ABSENT_CORE = new Set([
  "bindings",
  "componentstatuses",
  "configmaps",
  "endpoints",
  "nodes",
  "persistentvolumeclaims",
  "persistentvolumes",
  "podtemplates",
  "replicationcontrollers",
  "secrets",
  "serviceaccounts",
]);

/** Groups, with all that is in them. */
export const ABSENT_GROUPS = new Set([
  "admissionregistration.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "discovery.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);
