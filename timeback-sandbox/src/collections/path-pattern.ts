/** Whether a path below the rostering base, in its decoded parts, fits a pattern in which `*` stands for an id. */
export const isPattern = (pattern: string, parts: readonly string[]): boolean => {
  const wanted = pattern.split('/');
  return wanted.length === parts.length && wanted.every((part, at) => part === '*' || part === parts[at]);
};

export const idsIn = (pattern: string, parts: readonly string[]): string[] => {
  const wanted = pattern.split('/');
  return parts.filter((_, at) => wanted[at] === '*');
};
