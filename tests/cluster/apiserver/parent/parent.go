// Package parent ends a test server together with the test that started it.
package parent

import (
	"io"
	"os"
)

// ExitWithParent ends this process when its standard input ends, which happens however the parent dies.
// It does so only when KUBE_DEVOPS_TEST_PARENT is set, so that the servers can also be run by hand.
func ExitWithParent() {
	if os.Getenv("KUBE_DEVOPS_TEST_PARENT") == "" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
