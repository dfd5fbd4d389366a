/** What `--help` says below the flags: what a command does, its exit codes, and examples. */

/** Of the program. */
export const EXAMPLES = `
Examples:
  kube-devops crd install            install the DevOpsPolicy resource
  kube-devops check                  see whether all is there that the operator needs
  kube-devops reconcile              run the operator on the current cluster
  kubectl get devopspolicies -A      see the scores

Exit codes: 0 fine, 1 the answer is no, 2 wrong usage, 3 cluster or credentials, 4 a bug.`;

/** Of `check`. */
export const CHECK_HELP = `
Asks, as whoever the credentials stand for: is the API server reached, and of which version? Do the clocks
agree? (More than 10 s apart is a no: pods would count as pending for too long that are not.) Is the CRD
installed, and the one of this version? Is each right there that reconcile needs? Can pods and policies be
read and watched in one request? (If not, that is no more than a warning.) It changes nothing, and takes no
right but those that it asks about.

Exit codes: 0 fine, 1 an answer is no, 3 the cluster is not reached or rejects the credentials.

Examples:
  kube-devops check
  kube-devops check -n production -n staging
  kube-devops check -o json
  kube-devops check --leader-elect --lease-namespace devops-system`;

/** Of `crd uninstall`. */
export const UNINSTALL_HELP = `
Says what it will do, and asks on a terminal. Then it takes the operator's finalizer off every policy, and
nobody else's, deletes the definition and the policies, and waits until all is gone: with the operator at
work, or long gone. It can be repeated. It takes the rights to get and delete customresourcedefinitions, and
to list, get, patch and delete devopspolicies in all namespaces.

Exit codes: 0 all is gone, 1 it was not confirmed or others keep something, 3 cluster or credentials.

Examples:
  kube-devops crd uninstall
  kube-devops crd uninstall --yes --context kind-dev`;

/** Of `reconcile`. */
export const RECONCILE_EXAMPLES = `
Examples:
  kube-devops reconcile
  kube-devops reconcile -n production -n staging --context kind-dev
  kube-devops reconcile --system-namespaces=team-infra,-monitoring
  kube-devops reconcile --metrics-addr :9090 --log-format json
  kube-devops reconcile --leader-elect --lease-namespace devops-system`;
