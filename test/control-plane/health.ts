import * as http from 'node:http';
import * as https from 'node:https';

const within = 2_000;

/** Whether a GET on loopback is answered with 200, soon. */
export function answersOk(url: string, token?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { headers, rejectUnauthorized: false, agent: false, timeout: within };
    const sent = (url.startsWith('https:') ? https : http).get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('close', () => resolve(false));
    sent.on('error', () => resolve(false));
  });
}
