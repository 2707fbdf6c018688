import type { ApiServer } from '../api-server.js';
import { noSuchPath } from '../refusal.js';

/** What is asked of the server itself. @throws Refusal 404 */
export function rawAnswer(server: ApiServer, path: string): unknown {
  const [place = ''] = path.split('?');
  switch (place) {
    case '/version':
      return versionOf(server);
    case '/healthz':
    case '/livez':
    case '/readyz':
      return 'ok';
    default:
      throw noSuchPath();
  }
}

function versionOf({ core: { profile } }: ApiServer): object {
  const [major = '', minor = ''] = profile.version.split('.');
  return {
    major,
    minor,
    gitVersion: profile.gitVersion,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '',
    goVersion: '',
    compiler: '',
    platform: 'embedded',
  };
}
