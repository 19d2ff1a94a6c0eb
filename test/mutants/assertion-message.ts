// The text of an assertion (`assert(condition, 'text')`, `required(value, 'text')`) is for whoever reads a crash; changed, it is not a fault that a test should find.

type Path = { readonly listKey?: unknown; readonly key?: unknown; readonly parent?: unknown };
type Call = { readonly type?: unknown; readonly callee?: { readonly type?: unknown; readonly name?: unknown } };

const ASSERTIONS: readonly unknown[] = ['assert', 'required'];
const isAssertion = ({ type, callee }: Call): boolean => type === 'CallExpression' && callee?.type === 'Identifier' && ASSERTIONS.includes(callee.name);

/** `path`: Babel's, to a node of the syntax tree. */
export const isAssertionMessage = ({ listKey, key, parent }: Path): boolean =>
  listKey === 'arguments' && key === 1 && typeof parent === 'object' && parent !== null && isAssertion(parent);
