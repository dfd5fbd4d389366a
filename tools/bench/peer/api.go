package main

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// DevOpsPolicy is the custom resource.
type DevOpsPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   DevOpsPolicySpec   `json:"spec"`
	Status DevOpsPolicyStatus `json:"status,omitempty"`
}

// DevOpsPolicySpec says which checks are on.
type DevOpsPolicySpec struct {
	ForbidLatestTag       *bool  `json:"forbidLatestTag,omitempty"`
	RequireLivenessProbe  *bool  `json:"requireLivenessProbe,omitempty"`
	RequireReadinessProbe *bool  `json:"requireReadinessProbe,omitempty"`
	MaxRestartCount       *int32 `json:"maxRestartCount,omitempty"`
	ForbidPendingDuration *int64 `json:"forbidPendingDuration,omitempty"`
}

// DevOpsPolicyStatus is what the last evaluation came to.
type DevOpsPolicyStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Healthy            *bool              `json:"healthy,omitempty"`
	HealthScore        *int32             `json:"healthScore,omitempty"`
	Classification     string             `json:"classification,omitempty"`
	Violations         *int64             `json:"violations,omitempty"`
	Pods               *int64             `json:"pods,omitempty"`
	Findings           []Finding          `json:"findings,omitempty"`
	LastEvaluated      *metav1.Time       `json:"lastEvaluated,omitempty"`
	Message            string             `json:"message,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// Finding is one violation, named.
type Finding struct {
	Pod       string `json:"pod"`
	Container string `json:"container,omitempty"`
	Check     string `json:"check"`
	Detail    string `json:"detail"`
}

// DevOpsPolicyList is a list of them.
type DevOpsPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []DevOpsPolicy `json:"items"`
}

// AddToScheme makes the resource known.
func AddToScheme(scheme *runtime.Scheme) error {
	version := schema.GroupVersion{Group: "devops.stochastic.io", Version: "v1"}
	scheme.AddKnownTypes(version, &DevOpsPolicy{}, &DevOpsPolicyList{})
	metav1.AddToGroupVersion(scheme, version)
	return nil
}

// DeepCopyObject implements runtime.Object.
func (in *DevOpsPolicy) DeepCopyObject() runtime.Object { return in.deepCopy() }

func (in *DevOpsPolicy) deepCopy() *DevOpsPolicy {
	out := &DevOpsPolicy{TypeMeta: in.TypeMeta}
	in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec = DevOpsPolicySpec{
		ForbidLatestTag:       copyOf(in.Spec.ForbidLatestTag),
		RequireLivenessProbe:  copyOf(in.Spec.RequireLivenessProbe),
		RequireReadinessProbe: copyOf(in.Spec.RequireReadinessProbe),
		MaxRestartCount:       copyOf(in.Spec.MaxRestartCount),
		ForbidPendingDuration: copyOf(in.Spec.ForbidPendingDuration),
	}
	out.Status = in.Status
	out.Status.Healthy = copyOf(in.Status.Healthy)
	out.Status.HealthScore = copyOf(in.Status.HealthScore)
	out.Status.Violations = copyOf(in.Status.Violations)
	out.Status.Pods = copyOf(in.Status.Pods)
	out.Status.Findings = slices.Clone(in.Status.Findings)
	out.Status.LastEvaluated = in.Status.LastEvaluated.DeepCopy()
	out.Status.Conditions = slices.Clone(in.Status.Conditions)
	return out
}

// DeepCopyObject implements runtime.Object.
func (in *DevOpsPolicyList) DeepCopyObject() runtime.Object {
	out := &DevOpsPolicyList{TypeMeta: in.TypeMeta}
	in.ListMeta.DeepCopyInto(&out.ListMeta)
	for i := range in.Items {
		out.Items = append(out.Items, *in.Items[i].deepCopy())
	}
	return out
}

func copyOf[T any](value *T) *T {
	if value == nil {
		return nil
	}
	copied := *value
	return &copied
}
