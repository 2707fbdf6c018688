const BYTE = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${BYTE}(\\.${BYTE}){3}$`);

/** Whether a text is an IPv4 or IPv6 address to those who fulfil load balancers: without leading zeros, which Kubernetes itself bears. */
export const isIpAddress = (text: string): boolean =>
  IPV4.test(text) || (/^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]`));
