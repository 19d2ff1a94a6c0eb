// Digits as people read them out.

/** In groups of three or four: "471 108", "436 1659", "123 456 789". */
export const groupedDigits = (digits: string): string => {
  const groups = Math.max(1, Math.floor((digits.length + 1) / 3));
  const at = (group: number): number => Math.floor((group * digits.length) / groups);
  return Array.from({ length: groups }, (_, group) => digits.slice(at(group), at(group + 1))).join(' ');
};
