// Command etcd is the store behind the API server, unchanged, for the cluster tests.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"

	"kube-devops-test-servers/parent"
)

func main() {
	parent.ExitWithParent()
	etcdmain.Main(os.Args)
}
