import { readFileSync } from 'node:fs';
import { codeOf } from './error.js';

/**
 * When a process began, as the kernel counts: ids of processes come again. Empty where there is no such process; the field is the
 * 22nd of proc(5) stat. Without /proc an id must do.
 */
export function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    try {
      process.kill(pid, 0);
      return 'alive';
    } catch (error) {
      return codeOf(error) === 'EPERM' ? 'alive' : '';
    }
  }
}
