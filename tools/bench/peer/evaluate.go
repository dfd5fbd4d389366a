package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// evaluation is what the pods of a namespace come to under a policy.
type evaluation struct {
	pods, violations, penalty int64
	// worst holds the worst findings so far, the worst first.
	worst []ranked
	// dueIn is how long the next pod takes to turn into a violation by waiting alone; 0 if none will.
	dueIn time.Duration
}

func evaluate(pods []corev1.Pod, spec DevOpsPolicySpec, now time.Time) evaluation {
	var result evaluation
	for i := range pods {
		result.add(&pods[i], spec, now)
	}
	return result
}

func (e *evaluation) add(pod *corev1.Pod, spec DevOpsPolicySpec, now time.Time) {
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return
	}
	e.pods++
	for i := range pod.Spec.InitContainers {
		container := &pod.Spec.InitContainers[i]
		sidecar := container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
		e.addContainer(pod, container, sidecar, spec)
	}
	for i := range pod.Spec.Containers {
		e.addContainer(pod, &pod.Spec.Containers[i], true, spec)
	}
	if spec.MaxRestartCount != nil {
		for _, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
			for i := range statuses {
				if restarts := statuses[i].RestartCount; restarts > *spec.MaxRestartCount {
					e.violation(6*int64(min(restarts, 5)), ranked{rank: rankRestarts, pod: pod.Name, container: statuses[i].Name, check: "high_restarts"},
						func() string { return fmt.Sprintf("%d restarts, %d allowed", restarts, *spec.MaxRestartCount) })
				}
			}
		}
	}
	if spec.ForbidPendingDuration != nil && pod.Status.Phase == corev1.PodPending {
		allowed := time.Duration(*spec.ForbidPendingDuration) * time.Second
		if left := allowed - now.Sub(pod.CreationTimestamp.Time); left < 0 {
			e.violation(4, ranked{rank: rankPending, pod: pod.Name, check: "pending"},
				func() string { return fmt.Sprintf("Pending for longer than %d s", *spec.ForbidPendingDuration) })
		} else if e.dueIn == 0 || left < e.dueIn {
			e.dueIn = left + time.Millisecond
		}
	}
}

func (e *evaluation) addContainer(pod *corev1.Pod, container *corev1.Container, stays bool, spec DevOpsPolicySpec) {
	if isOn(spec.ForbidLatestTag) && resolvesToLatest(container.Image) {
		e.violation(5, ranked{rank: rankLatest, pod: pod.Name, container: container.Name, check: "latest_tag"},
			func() string { return fmt.Sprintf("image %s resolves to latest", container.Image) })
	}
	if !stays || pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		return
	}
	if isOn(spec.RequireLivenessProbe) && container.LivenessProbe == nil {
		e.violation(3, ranked{rank: rankLiveness, pod: pod.Name, container: container.Name, check: "missing_liveness"},
			func() string { return "no liveness probe" })
	}
	if isOn(spec.RequireReadinessProbe) && container.ReadinessProbe == nil {
		e.violation(2, ranked{rank: rankReadiness, pod: pod.Name, container: container.Name, check: "missing_readiness"},
			func() string { return "no readiness probe" })
	}
}

// violation counts a violation, and keeps it if it is among the worst; then it is put into words.
func (e *evaluation) violation(penalty int64, finding ranked, detail func() string) {
	e.violations++
	e.penalty += penalty
	finding.penalty = penalty
	at, _ := slices.BinarySearchFunc(e.worst, finding, compareRanked)
	if at == maxFindings {
		return
	}
	finding.detail = detail()
	e.worst = slices.Insert(e.worst, at, finding)
	e.worst = e.worst[:min(len(e.worst), maxFindings)]
}

// findings are the worst findings, as they are written.
func (e *evaluation) findings() []Finding {
	findings := make([]Finding, len(e.worst))
	for i, worst := range e.worst {
		findings[i] = Finding{Pod: worst.pod, Container: worst.container, Check: worst.check, Detail: worst.detail}
	}
	return findings
}

const maxFindings = 20

// The order of checks among findings that cost the same.
const (
	rankLatest = iota
	rankLiveness
	rankReadiness
	rankRestarts
	rankPending
)

// ranked is a finding with what it is ordered by.
type ranked struct {
	penalty                       int64
	rank                          int
	pod, container, check, detail string
}

// compareRanked orders costlier findings first, then as the checks, then by name.
func compareRanked(a, b ranked) int {
	return cmp.Or(cmp.Compare(b.penalty, a.penalty), cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.pod, b.pod), cmp.Compare(a.container, b.container))
}

func (e *evaluation) score() int32 {
	if e.pods == 0 {
		return 100
	}
	return int32(100 - min(100, e.penalty/e.pods))
}

func (e *evaluation) class() string {
	switch score := e.score(); {
	case score >= 80:
		return "Healthy"
	case score >= 60:
		return "Stable"
	case score >= 40:
		return "Degraded"
	}
	return "Critical"
}

// message is the result in one line.
func (e *evaluation) message() string {
	return fmt.Sprintf("%d violations across %d pods — %s (%d)", e.violations, e.pods, e.class(), e.score())
}

func isOn(setting *bool) bool { return setting != nil && *setting }

// resolvesToLatest says whether a kubelet would pull latest: the tag says so, or there is neither tag nor digest.
func resolvesToLatest(image string) bool {
	if strings.Contains(image, "@") {
		return false
	}
	colon := strings.LastIndex(image, ":")
	if colon <= strings.LastIndex(image, "/") {
		return true
	}
	return image[colon+1:] == "latest"
}

// isSystemNamespace says whether the pods of a namespace are nobody's concern.
func isSystemNamespace(namespace string) bool {
	switch namespace {
	case "cert-manager", "istio-system", "monitoring", "observability", "argocd":
		return true
	}
	return strings.HasPrefix(namespace, "kube-") || strings.HasSuffix(namespace, "-system")
}
