import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crds } from '../../src/api/crds.js';
import type { ControlPlane } from '../control-plane/control-plane.js';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the pinned kubectl as the admin. */
export function kubectl({ programs, kubeconfig }: ControlPlane, args: readonly string[], input = ''): Promise<Ended> {
  const program = programs === undefined ? 'kubectl' : join(programs, 'kubectl');
  return new Promise((resolve) => {
    const options = { env: { ...process.env, KUBECONFIG: kubeconfig }, maxBuffer: 1 << 26 };
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

interface StoredCrd {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { type: string; status: string; message: string }[] };
}

/** Applies every definition of ours and waits until each is served. Returns what the server says of them. */
export async function installCrds(controlPlane: ControlPlane): Promise<StoredCrd[]> {
  const yaml = (await crds()).map((crd) => crd.yaml).join('---\n');
  const applied = await kubectl(controlPlane, ['apply', '--server-side', '-f', '-'], yaml);
  if (applied.code !== 0) throw new Error(`kubectl apply of the CRDs: ${applied.stderr}`);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { body } = await controlPlane.send('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    const { items } = body as { readonly items: StoredCrd[] };
    const isServed = ({ status }: StoredCrd): boolean =>
      status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') === true;
    if (items.length > 0 && items.every(isServed)) {
      // Discovery follows a moment later.
      const { code } = await controlPlane.send('GET', '/apis/tkex.tencent.com/v1alpha1/gamestatefulsets');
      if (code === 200) return items;
    }
    await wait(100);
  }
  throw new Error('the CRDs are not served after 10 s');
}
