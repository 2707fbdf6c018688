import { load } from 'js-yaml';
import { controllerManifests } from '../controller/install/manifests.js';
import { Emitter, type Format } from '../synth/emit.js';
import { UserError } from '../synth/user-error.js';
import { servedCrds } from './crds.js';
import { EXIT, type ExitCode } from './exit-codes.js';

export interface InstallOptions {
  readonly namespace: string;
  readonly image: string;
  readonly watchNamespace?: string;
  readonly crds: boolean;
  readonly format: Format;
}

/** Prints what puts the controller into a cluster. */
export async function install(options: InstallOptions): Promise<ExitCode> {
  const { namespace, image, watchNamespace, format } = options;
  for (const name of [namespace, watchNamespace])
    if (name !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      throw new UserError(`${name}: not a namespace`, {
        hint: 'use at most 63 lower-case letters, digits and hyphens, such as gamezone-system',
      });
  if (!/^\S+$/.test(image)) throw new UserError(`--image ${JSON.stringify(image)}: not an image`);
  const emitter = new Emitter(format);
  if (options.crds) for (const { yaml } of await servedCrds()) emitter.add(load(yaml) as Parameters<Emitter['add']>[0]);
  const manifests = controllerManifests({ namespace, image, ...(watchNamespace !== undefined && { watchNamespace }) });
  for (const manifest of manifests) emitter.add(manifest);
  process.stdout.write(emitter.content());
  return EXIT.done;
}
