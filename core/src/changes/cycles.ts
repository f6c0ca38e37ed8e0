/** Finds the nodes of a directed graph that lie on a cycle, themselves included in what they refer to. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** Nodes on any cycle, sorted. Nodes that only lead to a cycle, or are led to from one, are not on it. Linear in the edges. */
export function cyclesIn(edges: readonly GraphEdge[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const found = new Set<string>();
  for (const component of strongComponents(next))
    if (component.length > 1 || next.get(component[0]!)?.includes(component[0]!))
      component.forEach((n) => found.add(n));
  return [...found].sort();
}

interface Frame {
  readonly node: string;
  edge: number;
}

/** Tarjan's algorithm with its own stack, so that a long chain cannot overflow ours. */
function strongComponents(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open = new Set<string>();
  const stack: string[] = [];
  const components: string[][] = [];
  const enter = (node: string): Frame => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    open.add(node);
    return { node, edge: 0 };
  };
  const leave = (node: string): void => {
    if (low.get(node) !== index.get(node)) return;
    const component: string[] = [];
    for (let popped = ''; popped !== node;) {
      popped = stack.pop()!;
      open.delete(popped);
      component.push(popped);
    }
    components.push(component);
  };
  for (const root of next.keys()) {
    if (index.has(root)) continue;
    const frames = [enter(root)];
    while (frames.length > 0) {
      const frame = frames[frames.length - 1]!;
      const target = next.get(frame.node)?.[frame.edge];
      frame.edge += 1;
      if (target === undefined) {
        frames.pop();
        leave(frame.node);
        const parent = frames[frames.length - 1];
        if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(frame.node)!));
      } else if (!index.has(target)) frames.push(enter(target));
      else if (open.has(target)) low.set(frame.node, Math.min(low.get(frame.node)!, index.get(target)!));
    }
  }
  return components;
}
