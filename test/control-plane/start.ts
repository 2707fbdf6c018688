/** Starts etcd and kube-apiserver on loopback until Ctrl-C: `npx tsx test/control-plane/start.ts`. */
import { startApiServer } from './control-plane.js';

const server = await startApiServer();
process.stdout.write(`${server.url}\nexport KUBECONFIG=${server.kubeconfig}\n`);
