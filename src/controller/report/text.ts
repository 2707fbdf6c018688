import { untilText, type PodReport, type RolloutReport } from './report.js';

/** How a word is shown on a terminal. */
export type Paint = (text: string, colour: 'good' | 'busy' | 'bad') => string;

export const plain: Paint = (text) => text;

/** With the colours that every terminal has. */
export const coloured: Paint = (text, colour) => `\u001b[${{ good: 32, busy: 33, bad: 31 }[colour]}m${text}\u001b[0m`;

/** One block: what it does, and then pod by pod. Lines without ends. */
export function reportLines(report: RolloutReport, paint: Paint = plain): string[] {
  const { kind, namespace, name, phase, message, replicas, revisions, conditions } = report;
  const troubles = conditions.filter(
    ({ type, status }) => status === 'True' && !['Available', 'Progressing'].includes(type),
  );
  return [
    `${kind} ${namespace}/${name}: ${paint(phase, colourOf(phase))}`,
    `  ${message}`,
    `  ${replicas.wanted} wanted, ${replicas.ready} ready, ${replicas.updated} run ${revisions.update ?? 'the update'}`,
    ...troubles.map(({ type, message: why = '' }) => `  ${paint(type, 'bad')}${why === '' ? '' : `: ${why}`}`),
    ...(report.pods.length === 0 ? [] : ['', ...table(report.pods, paint)]),
  ];
}

/** In one line. */
export const summaryLine = ({ kind, namespace, name, phase, message }: RolloutReport, paint: Paint = plain): string =>
  `${kind} ${namespace}/${name}: ${paint(phase, colourOf(phase))}: ${message}`;

function colourOf(phase: RolloutReport['phase']): 'good' | 'busy' | 'bad' {
  if (phase === 'Healthy') return 'good';
  return phase === 'Degraded' || phase === 'Aborting' ? 'bad' : 'busy';
}

const HEAD = ['POD', 'REVISION', 'STAGE', 'READY', 'GATE', 'WAITS FOR'];

function table(pods: readonly PodReport[], paint: Paint): string[] {
  const rows = pods.map((pod) => [
    pod.name,
    pod.revision ?? '?',
    pod.stage,
    pod.ready ? 'yes' : 'no',
    pod.gate,
    [pod.waitsFor ?? '', untilText(pod)].filter((text) => text !== '').join(', '),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [HEAD, ...rows].map((row, at) => {
    const pod = pods[at - 1];
    const text = `  ${line(row)}`;
    return pod && !pod.ready ? paint(text, 'busy') : text;
  });
}
