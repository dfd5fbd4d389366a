/** The command that grants a role: for whomever, wherever, and safe to paste into a shell. */

import assert from "node:assert/strict";
import { bindCommand, type Binding } from "../../../lib/operator/check/bind_command.ts";

const JANE: Binding = { user: "jane", namespace: undefined, role: "kube-devops" };
const EVERYWHERE = "kubectl create clusterrolebinding";

for (
  const [what, changes, command] of [
    ["a user everywhere", {}, `${EVERYWHERE} kube-devops-jane --clusterrole=kube-devops --user=jane`],
    [
      "a user in one namespace",
      { namespace: "team" },
      "kubectl create rolebinding kube-devops-jane -n team --clusterrole=kube-devops --user=jane",
    ],
    [
      "a service account",
      { user: "system:serviceaccount:team:operator" },
      `${EVERYWHERE} kube-devops-team-operator --clusterrole=kube-devops --serviceaccount=team:operator`,
    ],
    [
      "a user whose name a shell would take apart",
      { user: "O'Neil; $(Jane)" },
      `${EVERYWHERE} kube-devops-o-neil-jane --clusterrole=kube-devops --user='O'\\''Neil; $(Jane)'`,
    ],
    [
      "a user of an identity provider",
      { user: "https://login.example#jane@example.com" },
      `${EVERYWHERE} kube-devops-https-login-example-jane-example-com --clusterrole=kube-devops ` +
      "--user='https://login.example#jane@example.com'",
    ],
    [
      "a role of the namespace's own",
      { namespace: "team", role: "its-own", isOwn: true },
      "kubectl create rolebinding its-own-jane -n team --role=its-own --user=jane",
    ],
    [
      "somebody whose name is not known, a role of the system",
      { user: undefined, role: "system:basic-user" },
      `${EVERYWHERE} system-basic-user-check --clusterrole=system:basic-user --user=NAME`,
    ],
  ] as const
) {
  Deno.test(`bindCommand() binds ${what}`, () => {
    assert.equal(bindCommand({ ...JANE, ...changes }), command);
  });
}
