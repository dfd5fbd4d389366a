// Command kube-apiserver is the API server of Kubernetes, unchanged, for the cluster tests.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"

	"kube-devops-test-servers/parent"
)

func main() {
	parent.ExitWithParent()
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}
