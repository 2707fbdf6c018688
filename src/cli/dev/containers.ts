import type { Behaviour } from '../../cluster/kubelet/behaviour.js';

/** What the containers of a zone that is tried out do: they run, tasks for a second only, and say so when they are asked. */
export const containers: Behaviour = {
  run: ({ container, isTask, image, pod, env }) => ({
    startup: 500,
    ...(isTask && { exit: { code: 0, after: 1000 } }),
    stop: { after: 1000 },
    answer: (request, { runningFor, isStopping }) => {
      if (request.kind !== 'logs') return { kind: 'refused', message: `${container} is a model and listens to nobody` };
      const lines = [
        `${pod.name}/${container} runs ${image}; this is a model, no process`,
        ...Object.keys(env)
          .sort()
          .map((name) => `${name} is set`),
        ...(isStopping ? [`SIGTERM after ${Math.round(runningFor / 1000)} s`] : []),
      ];
      return { kind: 'logs', text: `${lines.slice(-(request.tailLines ?? lines.length)).join('\n')}\n` };
    },
  }),
};
