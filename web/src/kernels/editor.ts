/** The WGSL editor: highlighting, faults at their lines, and the difference to another text. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { wgsl } from '@iizukak/codemirror-lang-wgsl';
import { tags } from '@lezer/highlight';
import type { Fault } from './run.ts';

export interface Editor {
  readonly dom: HTMLElement;
  /** A text to start from; its history begins anew. */
  open(text: string): void;
  text(): string;
  /** Shows what has changed since `original`; null: shows the text alone. */
  compare(original: string | null): void;
  report(faults: readonly Fault[]): void;
  close(): void;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--quiet)' },
  { tag: [tags.keyword, tags.modifier, tags.definitionKeyword, tags.controlKeyword], color: 'var(--d)' },
  { tag: [tags.typeName, tags.standard(tags.typeName)], color: 'var(--c)' },
  { tag: [tags.number, tags.bool, tags.literal], color: 'var(--b)' },
  { tag: [tags.function(tags.variableName), tags.meta, tags.annotation, tags.attributeName], color: 'var(--a)' },
]);

/** @param run what Ctrl-Enter does, @param changed called with every new text */
export function createEditor(run: () => void, changed: (text: string) => void): Editor {
  const difference = new Compartment();
  const runs = (): boolean => {
    run();
    return true;
  };
  const extensions = [
    lineNumbers(),
    history(),
    highlightActiveLine(),
    lintGutter(),
    indentUnit.of('  '),
    wgsl(),
    syntaxHighlighting(COLOURS),
    // Tab is left to the page: it moves the focus on, so that nobody is caught in here.
    keymap.of([{ key: 'Mod-Enter', run: runs }, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({
      'aria-label': 'WGSL of this dispatch. Control and Enter run it.',
      tabindex: '0',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
    difference.of([]),
  ];
  const view = new EditorView();
  return {
    dom: view.dom,
    open(text) {
      view.setState(EditorState.create({ doc: text, extensions }));
    },
    text: () => view.state.doc.toString(),
    compare(original) {
      const merge = original === null ? [] : unifiedMergeView({ original, mergeControls: false });
      view.dispatch({ effects: difference.reconfigure(merge) });
    },
    report(faults) {
      const { doc } = view.state;
      const diagnostics = faults.map(({ line, column, length, message }): Diagnostic => {
        const at = doc.line(Math.min(Math.max(1, line), doc.lines));
        const from = Math.min(at.from + Math.max(0, column - 1), at.to);
        return { from, to: Math.min(from + Math.max(1, length), doc.length), severity: 'error', message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
      const first = diagnostics[0];
      if (first) view.dispatch({ effects: EditorView.scrollIntoView(first.from, { y: 'center' }) });
    },
    close: () => view.destroy(),
  };
}
