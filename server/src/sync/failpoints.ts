/** The places where a run may die, named, so that tests can kill the process exactly there and prove that nothing is lost. */
export const failpoints = [
  'run.claimed',
  'page.fetched',
  'page.staged',
  'page.committed',
  'fetch.judged',
  'fetch.ended',
  'plan.written',
  'plan.committed',
  'chunk.written',
  'chunk.committed',
  'links.settled',
  'verify.begun',
  'run.finished',
] as const;

export type FailpointName = (typeof failpoints)[number];
export type Failpoint = (name: FailpointName) => void;

const signals: Readonly<Record<string, NodeJS.Signals>> = { kill: 'SIGKILL', freeze: 'SIGSTOP' };

/**
 * `setting` is a failpoint's name and, after colons, at which passing it strikes (1 by default) and how: `kill` (SIGKILL, the
 * default) or `freeze` (SIGSTOP). Without a setting nothing ever happens. Throws a RangeError for an unknown name or way.
 */
export function failpointFrom(setting: string | undefined): Failpoint {
  if (!setting) return () => undefined;
  const [name, nth = '1', how = 'kill'] = setting.split(':');
  if (!failpoints.includes(name as FailpointName)) throw new RangeError(`unknown failpoint '${name}'`);
  const signal = signals[how];
  if (!signal) throw new RangeError(`unknown way '${how}' to strike at a failpoint`);
  let passed = 0;
  return (here) => {
    if (here !== name) return;
    passed += 1;
    if (passed === Number(nth)) process.kill(process.pid, signal);
  };
}
