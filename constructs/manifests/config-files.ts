import { peerAddresses, serviceVariables, variableName } from './environment.js';
import { configName, peersName, peerVariable } from '../model/names.js';
import type { ConfigFile, Credential, Service, Zone } from '../model/zone.js';
import { metadataOf, secretData, unlessEmpty } from './manifest.js';
import type { Manifest } from './manifest.js';
import { oncePerZone } from './once.js';

/** `${NAME}`; `$${` is a literal `${`. */
const PLACEHOLDER = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names that a template refers to, each once. */
export function placeholdersOf(content: string): string[] {
  const names = [...content.matchAll(PLACEHOLDER)].map(([, name]) => name);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Fills in a template; a name without a value is left as it stands. */
export const fillIn = (content: string, values: Readonly<Record<string, string>>): string =>
  content.replaceAll(PLACEHOLDER, (match, name: string | undefined) =>
    name === undefined ? '${' : Object.hasOwn(values, name) ? values[name]! : match,
  );

export const TEMPLATES_FOLDER = '/etc/gamezone/templates';
export const RENDERED_FOLDER = '/etc/gamezone/config';

/** Who fills a file's template in: we do, into a ConfigMap or a Secret; or an init container, which alone knows the values. */
type Renderer = 'configMap' | 'secret' | 'initContainer';

interface PlacedFile extends ConfigFile {
  readonly key: string;
  readonly renderer: Renderer;
  readonly rendered: string;
}

/** Everything that the config files of a service add to its pods and to the zone. */
export interface ConfigParts {
  readonly manifests: readonly Manifest[];
  readonly secrets: readonly Manifest[];
  readonly volumes: readonly object[];
  readonly mounts: readonly object[];
  /** Present when some file can only be filled in inside the pod. */
  readonly renderMounts?: readonly object[];
}

export const NO_CONFIG: ConfigParts = { manifests: [], secrets: [], volumes: [], mounts: [] };

export function configParts(zone: Zone, service: Service): ConfigParts {
  const files = placeFiles(zone, service);
  const by = (renderer: Renderer): PlacedFile[] => files.filter((file) => file.renderer === renderer);
  const [plain, secret, deferred] = [by('configMap'), by('secret'), by('initContainer')];
  const name = configName(zone.name, service.type);
  const metadata = metadataOf(zone, { name, service: service.type });
  const contents = (placed: readonly PlacedFile[]): Record<string, string> =>
    Object.fromEntries(placed.map(({ key, rendered }) => [key, rendered]));
  const inMap = [...plain, ...deferred];
  const volume = (volumeName: string, source: (items: readonly object[]) => object, placed: readonly PlacedFile[]) =>
    placed.length > 0
      ? [{ name: volumeName, ...source(placed.map(({ key, mode }) => ({ key, path: key, mode }))) }]
      : [];
  const fromMap = (items: readonly object[]): object => ({ configMap: { name, items } });
  return {
    manifests: inMap.length > 0 ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: contents(inMap) }] : [],
    secrets:
      secret.length > 0
        ? [{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: secretData(contents(secret)) }]
        : [],
    volumes: [
      ...volume('config', fromMap, plain),
      ...volume('config-secret', (items) => ({ secret: { secretName: name, items } }), secret),
      ...volume('config-templates', fromMap, deferred),
      ...(deferred.length > 0 ? [{ name: 'config-rendered', emptyDir: { medium: 'Memory' } }] : []),
    ],
    mounts: files.map(({ key, path, renderer }) => ({
      name: MOUNTED_VOLUME[renderer],
      mountPath: path,
      subPath: key,
      readOnly: true,
    })),
    ...(deferred.length > 0 && {
      renderMounts: [
        { name: 'config-templates', mountPath: TEMPLATES_FOLDER, readOnly: true },
        { name: 'config-rendered', mountPath: RENDERED_FOLDER },
      ],
    }),
  };
}

const MOUNTED_VOLUME: Readonly<Record<Renderer, string>> = {
  configMap: 'config',
  secret: 'config-secret',
  initContainer: 'config-rendered',
};

function placeFiles(zone: Zone, service: Service): PlacedFile[] {
  const { known, secret } = valuesAtSynth(zone, service);
  return service.configFiles.map((file, index) => {
    const names = placeholdersOf(file.content);
    const usesSecret = names.some((name) => Object.hasOwn(secret, name));
    const unknown = names.some((name) => !Object.hasOwn(known, name) && !Object.hasOwn(secret, name));
    const renderer = unknown ? 'initContainer' : usesSecret ? 'secret' : 'configMap';
    const rendered = unknown ? file.content : fillIn(file.content, { ...known, ...secret });
    return { ...file, key: `${index}-${file.path.split('/').at(-1)!}`, renderer, rendered };
  });
}

/** The variables whose values are known before any pod exists: plain ones, and literals that only a Secret may hold. */
function valuesAtSynth(
  zone: Zone,
  service: Service,
): { readonly known: Record<string, string>; readonly secret: Record<string, string> } {
  const known: Record<string, string> = { ...peerAddresses(zone) };
  for (const variable of serviceVariables(zone, service, service.workloads[0]?.kind ?? 'ids')) {
    if ('value' in variable) known[variable.name] = variable.value;
    else delete known[variable.name];
  }
  const secret: Record<string, string> = {};
  const add = (name: string, credential: Credential | undefined): void => {
    const used = variableName(zone, name);
    if (credential?.kind === 'literal' && !(used in service.env)) secret[used] = credential.value;
  };
  add('MYSQL_PASSWORD', zone.mysql?.password);
  add('REDIS_PASSWORD', zone.redis?.password);
  return { known, secret };
}

/** Every name that a template of this service may use. */
export const availableNames = (zone: Zone, service: Service): string[] => [
  ...serviceVariables(zone, service, service.workloads[0]?.kind ?? 'ids').map(({ name }) => name),
  ...zone.services.map(({ type }) => variableName(zone, peerVariable(type))),
];

/** The init container that fills templates in with the environment of its pod. */
export const renderContainer = (
  zone: Zone,
  env: readonly object[],
  mounts: readonly object[],
  securityContext: object,
): object => ({
  name: 'render-config',
  image: zone.sync.image,
  command: ['gamezone'],
  args: ['config', 'render', TEMPLATES_FOLDER, RENDERED_FOLDER],
  ...unlessEmpty('env', env),
  envFrom: [peersSource(zone)],
  securityContext,
  volumeMounts: mounts,
});

/** The `envFrom` entry that brings in the addresses of the zone's services. */
export const peersSource = oncePerZone((zone: Zone): object => ({ configMapRef: { name: peersName(zone.name) } }));
