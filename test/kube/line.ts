import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { server: string } }[];
}

/** A line to a server, on loopback, that can be cut: then nobody gets through, and all connections break. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(private readonly listener: Server) {}

  /** To the server of a kubeconfig; `kubeconfig` is to be written, and leads through the line. */
  static async to(original: string, kubeconfig: string): Promise<Line> {
    const config = JSON.parse(readFileSync(original, 'utf8')) as Kubeconfig;
    const target = new URL(config.clusters[0]!.cluster.server);
    const listener = createServer();
    const line = new Line(listener);
    listener.on('connection', (near: Socket) => {
      if (line.isCut) {
        near.destroy();
        return;
      }
      const far = connectSocket(Number(target.port), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        line.sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          other.destroy();
          line.sockets.delete(one);
        });
      }
    });
    listener.listen(0, target.hostname);
    await once(listener, 'listening');
    for (const { cluster } of config.clusters)
      cluster.server = `https://${target.hostname}:${(listener.address() as AddressInfo).port}`;
    writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    return line;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }
}
