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

/**
 * `setting` is a failpoint's name and, after a colon, at which passing it strikes (1 by default); it strikes by SIGKILL. Without
 * a setting nothing ever happens. Throws a RangeError for an unknown name.
 */
export function failpointFrom(setting: string | undefined): Failpoint {
  if (!setting) return () => undefined;
  const [name, nth = '1'] = setting.split(':');
  if (!failpoints.includes(name as FailpointName)) throw new RangeError(`unknown failpoint '${name}'`);
  let passed = 0;
  return (here) => {
    if (here !== name) return;
    passed += 1;
    if (passed === Number(nth)) process.kill(process.pid, 'SIGKILL');
  };
}
