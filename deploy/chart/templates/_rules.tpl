{{/* Written by `deno task generate` from lib/operator/permissions.ts, never by hand. */}}
{{- define "kube-devops.rules" -}}
rules:
  # list: to read the pods of a server that does not stream them
  # watch: to read the pods, and see them change
  - apiGroups: [""]
    resources: ["pods"]
    verbs: ["list", "watch"]
  # list: to read the policies of a server that does not stream them
  # watch: to read the policies, and see them change
  # get: to read a policy again after a lost race
  # patch: to add and remove its own finalizer
  - apiGroups: ["devops.stochastic.io"]
    resources: ["devopspolicies"]
    verbs: ["list", "watch", "get", "patch"]
  # patch: to write what it found
  - apiGroups: ["devops.stochastic.io"]
    resources: ["devopspolicies/status"]
    verbs: ["patch"]
  # create: to tell the users of a policy when its class changes, or it cannot be evaluated
  # patch: to count what happens again, instead of telling it again
  - apiGroups: ["events.k8s.io"]
    resources: ["events"]
    verbs: ["create", "patch"]
{{- end -}}

{{- define "kube-devops.leader-election-rules" -}}
rules:
  # create: to claim the lease for the first time
  - apiGroups: ["coordination.k8s.io"]
    resources: ["leases"]
    verbs: ["create"]
  # get: to see who leads
  # patch: to take the lease over, renew it, and give it back
  - apiGroups: ["coordination.k8s.io"]
    resources: ["leases"]
    resourceNames: [{{ include "kube-devops.name" . }}]
    verbs: ["get", "patch"]
{{- end -}}
