/** The only list of run states, and the legal moves between them as a constant table. */
export const runStates = [
  'queued',
  'fetching',
  'staged',
  'planned',
  'awaiting_approval',
  'applying',
  'verifying',
  'paused',
  'needs_attention',
  'completed',
  'completed_with_holds',
  'completed_with_rejects',
  'failed',
  'cancelled',
  'rolled_back',
  'partly_rolled_back',
] as const;

export type RunState = (typeof runStates)[number];

const working: readonly RunState[] = [
  'queued',
  'fetching',
  'staged',
  'planned',
  'awaiting_approval',
  'applying',
  'verifying',
];
const stops: readonly RunState[] = ['paused', 'needs_attention', 'failed', 'cancelled'];
const undone: readonly RunState[] = ['rolled_back', 'partly_rolled_back'];

/** From each state, the states that may follow. A stopped run goes on where its phases stand, so it may re-enter any working state. */
export const runTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['fetching', 'planned', ...stops],
  fetching: ['staged', ...stops],
  staged: ['planned', ...stops],
  planned: ['awaiting_approval', 'applying', 'completed', ...stops],
  awaiting_approval: ['applying', ...stops],
  applying: ['verifying', ...stops],
  verifying: ['completed', 'completed_with_holds', 'completed_with_rejects', ...stops],
  paused: [...working, 'needs_attention', 'failed', 'cancelled'],
  needs_attention: [...working, 'paused', 'failed', 'cancelled'],
  completed: undone,
  completed_with_holds: undone,
  completed_with_rejects: undone,
  failed: undone,
  cancelled: undone,
  partly_rolled_back: undone,
  rolled_back: [],
};

/** States in which a run no longer holds its claim on the integration's entities. */
export const finalRunStates: readonly RunState[] = [
  'completed',
  'completed_with_holds',
  'completed_with_rejects',
  'failed',
  'cancelled',
  'rolled_back',
  'partly_rolled_back',
];

/** States in which the sweeper must see to it that a worker takes the run up. */
export const workableRunStates: readonly RunState[] = working.filter((s) => s !== 'awaiting_approval');

export function mayMove(from: RunState, to: RunState): boolean {
  return runTransitions[from].includes(to);
}
