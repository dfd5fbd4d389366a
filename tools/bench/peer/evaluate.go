package main

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// evaluation is what the pods of a namespace come to under a policy.
type evaluation struct {
	pods, violations, penalty int64
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
					e.violation(6 * int64(min(restarts, 5)))
				}
			}
		}
	}
	if spec.ForbidPendingDuration != nil && pod.Status.Phase == corev1.PodPending {
		allowed := time.Duration(*spec.ForbidPendingDuration) * time.Second
		if left := allowed - now.Sub(pod.CreationTimestamp.Time); left < 0 {
			e.violation(4)
		} else if e.dueIn == 0 || left < e.dueIn {
			e.dueIn = left + time.Millisecond
		}
	}
}

func (e *evaluation) addContainer(pod *corev1.Pod, container *corev1.Container, stays bool, spec DevOpsPolicySpec) {
	if isOn(spec.ForbidLatestTag) && resolvesToLatest(container.Image) {
		e.violation(5)
	}
	if !stays || pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		return
	}
	if isOn(spec.RequireLivenessProbe) && container.LivenessProbe == nil {
		e.violation(3)
	}
	if isOn(spec.RequireReadinessProbe) && container.ReadinessProbe == nil {
		e.violation(2)
	}
}

func (e *evaluation) violation(penalty int64) {
	e.violations++
	e.penalty += penalty
}

func (e *evaluation) score() int32 {
	if e.pods == 0 {
		return 100
	}
	return int32(100 - min(100, e.penalty/e.pods))
}

// message is the result in one line.
func (e *evaluation) message() string {
	class := "Critical"
	switch score := e.score(); {
	case score >= 80:
		class = "Healthy"
	case score >= 60:
		class = "Stable"
	case score >= 40:
		class = "Degraded"
	}
	return fmt.Sprintf("%d violations across %d pods — %s (%d)", e.violations, e.pods, class, e.score())
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
