/** The first line of what somebody else says, at most 160 characters of it: it becomes part of a sentence. */
export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
