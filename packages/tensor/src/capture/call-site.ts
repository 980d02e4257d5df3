/** Where in the user's code an op was called, for messages about a recording. */

const THIS_FILE = pathOf(import.meta.url ?? '');
/** The folder of this package, and of the one beside it: layers and gradients are no user's code either. */
const PACKAGE = /^(.*\/)tensor\/(src|dist)\/capture\/[^/]*$/.exec(THIS_FILE)?.[1];
/** Bundled, the engine and its user are one file, and a stack tells nothing. */
const OWN = PACKAGE === undefined ? [THIS_FILE] : [`${PACKAGE}tensor/`, `${PACKAGE}autograd/`];

/** Frames that may lie between an op's call and the door; V8 keeps ten unless it is told. */
const DEPTH = 100;

/** Of V8: `at fn (file:///a.ts:1:2)`, `at /a.ts:1:2`; of other engines: `fn@https://a/b.js:1:2`. */
const LOCATION = /(?:\(|^\s*at (?:async )?|^[^@/]*@)([^()]+:\d+:\d+)\)?$/;

/** `file:line:column` of the first caller outside the engine; null where the stack does not tell. */
export function callSite(): string | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  for (const line of stack.split('\n')) {
    const location = pathOf(LOCATION.exec(line)?.[1] ?? '');
    if (location && !OWN.some((own) => location.startsWith(own))) return location;
  }
  return null;
}

function pathOf(location: string): string {
  return location.startsWith('file://') ? decodeURI(location.slice('file://'.length)) : location;
}
