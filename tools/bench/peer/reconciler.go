package main

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const (
	finalizer = "devops.stochastic.io/cleanup"
	requeue   = 30 * time.Second
	workers   = 8
)

// Reconciler keeps the status of every policy true.
type Reconciler struct {
	client.Client
}

// SetupWithManager registers what leads to a reconcile: a policy whose intent moved, and a pod of its namespace.
func (r *Reconciler) SetupWithManager(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).
		For(&DevOpsPolicy{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(r.policiesBeside)).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(r)
}

func (r *Reconciler) policiesBeside(ctx context.Context, pod client.Object) []reconcile.Request {
	var policies DevOpsPolicyList
	if err := r.List(ctx, &policies, client.InNamespace(pod.GetNamespace())); err != nil {
		log.FromContext(ctx).Error(err, "cannot list policies")
		return nil
	}
	requests := make([]reconcile.Request, len(policies.Items))
	for i := range policies.Items {
		requests[i].NamespacedName = client.ObjectKeyFromObject(&policies.Items[i])
	}
	return requests
}

// Reconcile brings one policy up to date.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var policy DevOpsPolicy
	if err := r.Get(ctx, request.NamespacedName, &policy); err != nil {
		forget(request.NamespacedName)
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !policy.DeletionTimestamp.IsZero() {
		forget(request.NamespacedName)
		if controllerutil.RemoveFinalizer(&policy, finalizer) {
			return ctrl.Result{}, client.IgnoreNotFound(r.Update(ctx, &policy))
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(&policy, finalizer) {
		if err := r.Update(ctx, &policy); err != nil {
			return ctrl.Result{}, err
		}
	}

	now := time.Now()
	var pods corev1.PodList
	if !isSystemNamespace(request.Namespace) {
		if err := r.List(ctx, &pods, client.InNamespace(request.Namespace)); err != nil {
			return ctrl.Result{}, err
		}
	}
	result := evaluate(pods.Items, policy.Spec, now)
	observe(request.NamespacedName, result)
	after := requeue
	if result.dueIn > 0 {
		after = min(after, result.dueIn)
	}

	next := statusOf(result, policy, now)
	if isCurrent(policy.Status, next, now) {
		return ctrl.Result{RequeueAfter: after}, nil
	}
	policy.Status = next
	if err := r.Status().Update(ctx, &policy); err != nil {
		return ctrl.Result{}, err
	}
	log.FromContext(ctx).Info("status written", "message", next.Message)
	return ctrl.Result{RequeueAfter: after}, nil
}

func statusOf(result evaluation, policy DevOpsPolicy, now time.Time) DevOpsPolicyStatus {
	score := result.score()
	healthy := score >= 80
	evaluated := metav1.NewTime(now)
	next := DevOpsPolicyStatus{
		ObservedGeneration: policy.Generation,
		Healthy:            &healthy,
		HealthScore:        &score,
		Classification:     result.class(),
		Violations:         &result.violations,
		Pods:               &result.pods,
		Findings:           result.findings(),
		LastEvaluated:      &evaluated,
		Message:            result.message(),
		Conditions:         slices.Clone(policy.Status.Conditions),
	}
	compliant := metav1.Condition{Type: "Compliant", Status: metav1.ConditionTrue, Reason: "NoViolations", Message: "All pods keep to the policy."}
	switch {
	case isSystemNamespace(policy.Namespace):
		compliant.Status, compliant.Reason, compliant.Message = metav1.ConditionUnknown, "SystemNamespace", "Pods of a system namespace are not evaluated."
	case result.pods == 0:
		compliant.Status, compliant.Reason, compliant.Message = metav1.ConditionUnknown, "NoPods", "The namespace has no pods to evaluate."
	case result.violations > 0:
		compliant.Status, compliant.Reason, compliant.Message = metav1.ConditionFalse, "ViolationsFound", "Pods break the policy; see status.findings."
	}
	ready := metav1.Condition{Type: "Ready", Status: metav1.ConditionTrue, Reason: "Evaluated", Message: "The policy was evaluated."}
	for _, condition := range []metav1.Condition{ready, compliant} {
		condition.ObservedGeneration = policy.Generation
		meta.SetStatusCondition(&next.Conditions, condition)
	}
	return next
}

// isCurrent says whether the stored status is as good as the next one: equal, and its heartbeat not due.
func isCurrent(stored, next DevOpsPolicyStatus, now time.Time) bool {
	if stored.LastEvaluated == nil || now.Sub(stored.LastEvaluated.Time) >= requeue {
		return false
	}
	next.LastEvaluated = stored.LastEvaluated
	return equality.Semantic.DeepEqual(stored, next)
}
