/** What a program of somebody else's needs to run and to find its way. Everything else, credentials above all, stays here. */
const HANDED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
];

/** The environment of a program, with what it needs besides. */
export const environmentWith = (own: Readonly<Record<string, string>>): Record<string, string> => ({
  ...Object.fromEntries(
    HANDED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  ),
  LC_ALL: 'C.UTF-8',
  ...own,
});
