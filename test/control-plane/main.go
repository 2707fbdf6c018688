// One binary that holds the parts of a Kubernetes control plane, so that tests meet the real thing: etcd,
// kube-apiserver, kube-controller-manager, kube-scheduler and kubectl, all of the version pinned in go.mod.
//
// Each part runs in its own process: they share global registries (feature gates, flags, metrics) and would
// otherwise overwrite one another's settings. For the same reason only the chosen part's command is built.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = `usage: control-plane PART [flags]

PART is one of: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	part := os.Args[1]
	// The parts read os.Args themselves: let each see its own name first.
	os.Args = append([]string{part}, os.Args[2:]...)

	var command *cobra.Command
	switch part {
	case "etcd":
		os.Exit(runEtcd(os.Args[1:]))
	case "kube-apiserver":
		command = apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		command = controllermanager.NewControllerManagerCommand()
	case "kube-scheduler":
		command = scheduler.NewSchedulerCommand()
	case "kubectl":
		command = kubectl.NewDefaultKubectlCommand()
	default:
		fmt.Fprintf(os.Stderr, "control-plane: %q is not a part.\n\n%s", part, usage)
		os.Exit(2)
	}
	os.Exit(cli.Run(command))
}
