/** The first places at which two values differ, one a line; none where they are the same. */
export function differences(real: unknown, ours: unknown, place = ''): string[] {
  if (Object.is(real, ours)) return [];
  if (Array.isArray(real) && Array.isArray(ours)) {
    const length = Math.max(real.length, ours.length);
    return Array.from({ length }, (_, index) => differences(real[index], ours[index], `${place}[${index}]`)).flat();
  }
  if (isObject(real) && isObject(ours))
    return [...new Set([...Object.keys(real), ...Object.keys(ours)])].flatMap((name) =>
      differences(real[name], ours[name], `${place}.${name}`),
    );
  return [`${place}: real ${shown(real)}, ours ${shown(ours)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
