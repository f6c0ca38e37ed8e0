/** Works through a list with a bounded number of tasks at a time. The first failure stops the taking of new ones and is thrown. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const item = items[next]!;
      next += 1;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
  const results = await Promise.allSettled(lanes);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}

/**
 * Works through a list in two stages: `first` with a bounded number of items at a time, `then` one item at a time in the order of
 * the list, as soon as the item is through the first stage. `between` is called when all are. A failure of either ends both.
 */
export async function inParallelThenInOrder<T>(
  items: readonly T[],
  width: number,
  stages: {
    first: (item: T) => Promise<void>;
    between: () => Promise<void>;
    then: (item: T) => Promise<void>;
  },
): Promise<void> {
  const through = new Map(items.map((item) => [item, Promise.withResolvers<boolean>()]));
  let failed = false;
  const fails = (error: unknown): never => {
    failed = true;
    for (const { resolve } of through.values()) resolve(false);
    throw error;
  };
  const firsts = inParallel(items, width, async (item) => {
    if (failed) return;
    await stages.first(item);
    through.get(item)!.resolve(true);
  }).catch(fails);
  const followers = (async () => {
    for (const item of items) {
      if (!(await through.get(item)!.promise) || failed) return;
      await stages.then(item);
    }
  })().catch(fails);
  const results = await Promise.allSettled([firsts.then(() => (failed ? undefined : stages.between())), followers]);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
