/** What Samba shares of a volume, and as whom. */
export interface SambaShare {
  /** The volume as the server sees it: an absolute path. */
  readonly folder: string;
  /** The user of the system that all files are read and written as. It also has to own `live`. */
  readonly systemUser: string;
  /** The user that testers log in as. Its password is set by `smbpasswd`, and stands in no configuration. */
  readonly loginUser: string;
  /**
   * The TCP port.
   *
   * @default 445
   */
  readonly port?: number;
  /**
   * Where the server keeps its own files; it must be writable.
   *
   * @default '/var/lib/samba'
   */
  readonly stateFolder?: string;
}

/**
 * The smb.conf of a shared volume: `live` read-write, `releases` read-only. No guest, no SMB1, no printers, no NetBIOS, no
 * link out of a share (smb.conf(5)).
 *
 * @throws Error for a value that would be another setting
 */
export function sambaConfig(share: SambaShare): string {
  const { folder, systemUser, loginUser, port = 445, stateFolder = '/var/lib/samba' } = share;
  for (const value of [folder, systemUser, loginUser, stateFolder]) checkValue(value);
  const state = (name: string): string => `${stateFolder}/${name}`;
  const global: Settings = {
    'server role': 'standalone server',
    'server min protocol': 'SMB2_10',
    'smb ports': String(port),
    'disable netbios': 'yes',
    'map to guest': 'never',
    'restrict anonymous': '2',
    'passdb backend': `tdbsam:${state('passdb.tdb')}`,
    'private dir': state('private'),
    'state directory': state('state'),
    'cache directory': state('cache'),
    'lock directory': state('lock'),
    'pid directory': state('run'),
    'ncalrpc dir': state('ncalrpc'),
    'log level': '1',
    logging: 'file',
    'log file': state('log.smbd'),
    'max log size': '1000',
    'load printers': 'no',
    'printcap name': '/dev/null',
    'usershare max shares': '0',
    printing: 'bsd',
    'disable spoolss': 'yes',
    // Links within a release work; one that leads out of the share does not, and nobody can make one from outside.
    'follow symlinks': 'yes',
    'wide links': 'no',
    'allow insecure wide links': 'no',
    'unix extensions': 'no',
    // Volumes of a network seldom have extended attributes.
    'store dos attributes': 'no',
    'ea support': 'no',
    'map archive': 'no',
    'preserve case': 'yes',
  };
  const common: Settings = { 'guest ok': 'no', 'valid users': loginUser, 'force user': systemUser, browseable: 'yes' };
  const live: Settings = {
    ...common,
    comment: 'Files of a test zone: change them as you like',
    path: `${folder}/live`,
    'read only': 'no',
    'create mask': '0664',
    'force create mode': '0664',
    'directory mask': '0775',
    'force directory mode': '0775',
  };
  const releases: Settings = {
    ...common,
    comment: 'Complete releases, as they were fetched',
    path: `${folder}/releases`,
    'read only': 'yes',
  };
  return [section('global', global), section('live', live), section('releases', releases)].join('\n');
}

type Settings = Readonly<Record<string, string>>;

const section = (name: string, settings: Settings): string =>
  [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `  ${key} = ${value}`), ''].join('\n');

/** A line break would begin another setting, and Samba puts something else in the place of `%` and a letter. */
function checkValue(value: string): void {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f%;#"\\]|^\s|\s$|^$/.test(value))
    throw new Error(`${JSON.stringify(value)} cannot stand in smb.conf; use letters, digits, - _ . and /`);
}
