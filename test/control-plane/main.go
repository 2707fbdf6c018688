// One binary that holds the parts of a Kubernetes control plane, so that tests meet the real thing: etcd,
// kube-apiserver, kube-controller-manager, kube-scheduler and kubectl, all of the version that the .mod file pins.
//
// Each part runs in its own process: they share global registries (feature gates, flags, metrics) and would
// otherwise overwrite one another's settings. For the same reason only the chosen part's command is built.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = `usage: control-plane PART [flags], or a link to it that has the name of a part

PART is one of: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl
`

func main() {
	if err := dieWithParent(); err != nil {
		fmt.Fprintf(os.Stderr, "control-plane: %v\n", err)
		os.Exit(1)
	}
	// Under the name of a part it is that part: a folder of links stands in for the folder of real binaries.
	part := filepath.Base(os.Args[0])
	command, isPart := commands[part]
	if !isPart {
		if len(os.Args) < 2 {
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
		part = os.Args[1]
		// The parts read os.Args themselves: let each see its own name first.
		os.Args = os.Args[1:]
		if command, isPart = commands[part]; !isPart {
			fmt.Fprintf(os.Stderr, "control-plane: %q is not a part.\n\n%s", part, usage)
			os.Exit(2)
		}
	}
	os.Exit(command())
}

var commands = map[string]func() int{
	"etcd":                    func() int { etcdmain.Main(os.Args); return 0 },
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kubectl":                 func() int { return cli.Run(kubectl.NewDefaultKubectlCommand()) },
}
