/** A number of a whole, or a share of it such as `25%`. 0 for what is neither. */
export function scaled(value: number | string, whole: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const [, percent] = /^([0-9]+)%$/.exec(value) ?? [];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * whole) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
