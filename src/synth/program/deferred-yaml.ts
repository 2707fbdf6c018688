import { Module } from 'node:module';

/** Node's CommonJS loader, as far as its types leave it out. */
interface Loader {
  _load: (name: string, parent: { readonly filename: string | null } | null | undefined, isMain: boolean) => unknown;
  readonly _resolveFilename: (name: string, parent: unknown) => string;
}
const loader = Module as unknown as Loader;

/**
 * cdk8s loads the package `yaml`, seventy modules, for charts that it writes or reads itself. This command writes them, so
 * that few programs ever ask for it; it takes as long to load as all else of cdk8s together, a sixth of `gamezone synth
 * zone.js` (30 ms of 190 on Node 20). So cdk8s alone, whichever copy the program has, gets it when it first looks at it.
 *
 * @returns what ends this; what was loaded by then still works
 */
export function deferYaml(): () => void {
  const { _load: load } = loader;
  loader._load = (name, parent, isMain) => {
    if (name !== 'yaml' || !IN_CDK8S.test(parent?.filename ?? '')) return load.call(loader, name, parent, isMain);
    loader._resolveFilename(name, parent); // a package that is missing is missing now
    return onDemand(() => load.call(loader, name, parent, isMain) as object);
  };
  return () => {
    loader._load = load;
  };
}

const IN_CDK8S = /[\\/]node_modules[\\/]cdk8s[\\/]lib[\\/]yaml\.js$/;

/** A module that is loaded when somebody looks into it. */
function onDemand(load: () => object): object {
  let loaded: object | undefined;
  const module = (): object => (loaded ??= load());
  return new Proxy(
    {},
    {
      // Asked by TypeScript's import of a namespace, which would copy the module otherwise.
      get: (_, name) => name === '__esModule' || (Reflect.get(module(), name) as unknown),
      has: (_, name) => name in module(),
      ownKeys: () => Reflect.ownKeys(module()),
      getOwnPropertyDescriptor: (_, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(module(), name);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}
