import type { ApiServer } from '../api-server.js';
import { noSuchPath } from '../refusal.js';
import { discovery } from './discovery.js';
import { openApi } from './open-api.js';

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
    default: {
      const { catalog } = server.core;
      const answer = discovery(catalog, place) ?? openApi(catalog, place);
      if (answer === undefined) throw noSuchPath();
      return answer;
    }
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
