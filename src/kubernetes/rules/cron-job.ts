import type { Fields } from '../fields.js';
import { checkJobSpec } from './job.js';

export function checkCronJob(object: Fields): void {
  const name = object.objectOrEmpty('metadata').text('name');
  if (name.length > 52)
    object
      .objectOrEmpty('metadata')
      .wrong('name', `has ${name.length} characters: a CronJob may have 52, since its Jobs append a time`);
  const spec = object.objectOrEmpty('spec');
  const schedule = spec.text('schedule');
  const wrong = scheduleProblem(schedule);
  if (wrong !== undefined) spec.wrong('schedule', wrong);
  if (spec.has('timeZone') && !isTimeZone(spec.text('timeZone'))) {
    spec.wrong(
      'timeZone',
      `"${spec.text('timeZone')}" is not a time zone: use a name such as Europe/Berlin or Etc/UTC`,
    );
  }
  spec.notNegative('startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit');
  const job = spec.objectOrEmpty('jobTemplate').objectOrEmpty('spec');
  checkJobSpec(job);
  if (job.has('selector')) job.wrong('selector', 'is made by the server: remove it');
  if (job.isTrue('manualSelector')) job.wrong('manualSelector', 'cannot be true in a CronJob');
}

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Position {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}
const positions: readonly Position[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: months },
  { name: 'day of the week', least: 0, most: 6, names: days },
];

/** The grammar of github.com/robfig/cron, which Kubernetes reads schedules with. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule === '') return 'is missing: give five fields, such as "0 4 * * *" for four in the morning';
  if (schedule.includes('TZ')) return 'must not name a time zone: use the field timeZone';
  if (schedule.startsWith('@')) {
    if (descriptors.includes(schedule)) return undefined;
    if (/^@every (\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(schedule))
      return undefined;
    return `"${schedule}" is not known: use five fields, or one of ${descriptors.join(', ')}`;
  }
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5)
    return `has ${fields.length} fields: give five (minute, hour, day of month, month, day of week)`;
  for (const [index, position] of positions.entries()) {
    for (const range of (fields[index] ?? '').split(',')) {
      if (range !== '' && !isRange(range, position)) {
        return `"${range}" is not a ${position.name}: use ${position.least} to ${position.most}, a range such as ${position.least}-${position.most}, or */2`;
      }
    }
  }
  return undefined;
}

function isRange(text: string, { least, most, names }: Position): boolean {
  const [range = '', step, ...tooMany] = text.split('/');
  if (tooMany.length > 0 || (step !== undefined && !(/^\+?\d+$/.test(step) && Number(step) > 0))) return false;
  const [low = '', high, ...more] = range.split('-');
  if (low === '*' || low === '?') return true;
  if (more.length > 0) return false;
  const read = (bound: string): number => {
    const named = names?.indexOf(bound.toLowerCase()) ?? -1;
    return named >= 0 ? named + least : /^\+?\d+$/.test(bound) ? Number(bound) : Number.NaN;
  };
  const start = read(low);
  const end = high === undefined ? (step === undefined ? start : most) : read(high);
  return start >= least && end <= most && start <= end;
}

function isTimeZone(name: string): boolean {
  if (name === '' || name.toLowerCase() === 'local' || /^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
