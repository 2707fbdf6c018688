/** `5s`, `3m12s`, `4d`: how long ago, in few characters. Source: HumanDuration of k8s.io/apimachinery/pkg/util/duration. */
export function age(since: unknown, now: number): string {
  const at = typeof since === 'string' ? Date.parse(since) : NaN;
  if (Number.isNaN(at)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86400)];
  const two = (large: number, unit: string, small: number, of: string): string =>
    small === 0 ? `${large}${unit}` : `${large}${unit}${small}${of}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return two(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  return two(Math.floor(days / 365), 'y', days % 365, 'd');
}
