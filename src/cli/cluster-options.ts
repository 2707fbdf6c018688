import type { Command } from 'commander';

/** What every command that speaks to a cluster takes. */
export const clusterOptions = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'the way to the cluster (default: KUBECONFIG, ~/.kube/config, the service account)')
    .option('--context <name>', 'the context of the kubeconfig (default: the current one)');
