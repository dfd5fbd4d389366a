package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

var (
	labels         = []string{"namespace", "policy"}
	violationsOf   = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "devopspolicy_violations_total", Help: "Violations."}, labels)
	healthScoreOf  = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "devopspolicy_health_score", Help: "Health score."}, labels)
	reconcileCount = prometheus.NewCounter(prometheus.CounterOpts{Name: "devopspolicy_reconcile_total", Help: "Reconciles."})
)

func init() {
	metrics.Registry.MustRegister(violationsOf, healthScoreOf, reconcileCount)
}

func observe(policy types.NamespacedName, result evaluation) {
	reconcileCount.Inc()
	violationsOf.WithLabelValues(policy.Namespace, policy.Name).Set(float64(result.violations))
	healthScoreOf.WithLabelValues(policy.Namespace, policy.Name).Set(float64(result.score()))
}

func forget(policy types.NamespacedName) {
	violationsOf.DeleteLabelValues(policy.Namespace, policy.Name)
	healthScoreOf.DeleteLabelValues(policy.Namespace, policy.Name)
}
