import type { Problem } from '../../src/api/problem.js';
import type { ZoneCheck } from './context.js';

/** Where Redis and MySQL answer: the port is a field of its own. */
export const checkHosts: ZoneCheck = ({ document: { spec } }) =>
  (['redisConfig', 'mysqlConfig'] as const).flatMap((holder): Problem[] => {
    const ip = spec.gameZone[holder]?.ip;
    if (ip === undefined || !/[\s@/]|^[^:]*:\d*$/.test(ip)) return [];
    const path = ['spec', 'gameZone', holder, 'ip'];
    const port = /^[^\s@/]+:(\d+)$/.exec(ip)?.[1];
    const hint =
      port === undefined
        ? 'write the name alone, such as mysql'
        : `write the name alone, and the port as \`port: ${port}\``;
    const secret = ip.includes('@');
    return [{ path, message: 'not a host name or an address', hint, ...(secret ? {} : { value: ip }) }];
  });
