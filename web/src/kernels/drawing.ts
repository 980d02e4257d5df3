/** Draws a stage's buffers as matrices, and on them what one thread and its workgroup read and write. */
import type { View } from './families.ts';
import { type Access, lanesOf } from './trace.ts';
import { MARK } from './trace-text.ts';

/** A binding to draw. */
export interface Sheet {
  name: string;
  /** WGSL type of an element: a `vec4f` covers four columns. */
  type: string;
  view: View;
  /** CSS colour variable. */
  colour: string;
  /** Whether picking an element asks for the thread that writes it. */
  written: boolean;
}

export interface Drawing {
  readonly root: HTMLElement;
  /** @param product the figure of a product: the first beside the last, the second above it */
  open(sheets: readonly Sheet[], product: boolean): void;
  paint(accesses: readonly Access[]): void;
}

/** Pixels along either side of a matrix, and of one element of a small one. */
const MOST_PIXELS = 448;
const LARGEST_CELL = 14;

const pixels = (count: number, cell: number): number => Math.max(6, Math.min(MOST_PIXELS, count * cell));

/** @param pick an element (of the binding's type) of a sheet that the kernel writes */
export function createDrawing(pick: (name: string, element: number) => void): Drawing {
  const root = document.createElement('div');
  root.className = 'drawing';
  let figures: { sheet: Sheet; canvas: HTMLCanvasElement; said: HTMLElement }[] = [];

  const figure = (sheet: Sheet) => {
    const { name, view, written } = sheet;
    const cell = Math.max(1, Math.min(LARGEST_CELL, Math.floor(MOST_PIXELS / Math.max(view.rows, view.columns))));
    const canvas = document.createElement('canvas');
    canvas.width = pixels(view.columns, cell);
    canvas.height = pixels(view.rows, cell);
    canvas.setAttribute('role', 'img');
    if (written) {
      canvas.classList.add('written');
      const at = (event: PointerEvent) => {
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const column = Math.floor(((event.clientX - left) / width) * view.columns);
        const row = Math.floor(((event.clientY - top) / height) * view.rows);
        if (row < 0 || row >= view.rows || column < 0 || column >= view.columns) return;
        pick(name, Math.floor((row * view.columns + column) / lanesOf(sheet.type)));
      };
      canvas.addEventListener('pointermove', at);
      canvas.addEventListener('pointerdown', at);
    }
    const caption = document.createElement('figcaption');
    const title = document.createElement('strong');
    title.textContent = name;
    title.style.color = `var(${sheet.colour})`;
    const said = document.createElement('span');
    caption.append(title, ` ${view.axes}: ${view.rows} × ${view.columns}`, said);
    const element = document.createElement('figure');
    element.append(canvas, caption);
    return { sheet, canvas, said, element };
  };

  return {
    root,
    open(sheets, product) {
      const made = sheets.map(figure);
      figures = made;
      root.classList.toggle('product', product && sheets.length === 3);
      root.replaceChildren(...made.map(({ element }) => element));
      const [a, , c] = sheets;
      if (a && c) root.style.setProperty('--columns', `minmax(0, ${a.view.columns}fr) minmax(0, ${c.view.columns}fr)`);
    },
    paint(accesses) {
      for (const { sheet, canvas, said } of figures) {
        const access = accesses.find(({ name }) => name === sheet.name);
        if (!access) continue;
        paintSheet(canvas, sheet, access.marks);
        const text = sentence(sheet, access);
        said.textContent = text;
        canvas.setAttribute('aria-label', `${sheet.name}, ${sheet.view.rows} by ${sheet.view.columns}: ${text}`);
      }
    },
  };
}

const times = (count: number, unit: string): string => `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;

function sentence({ type }: Sheet, { thread, group }: Access): string {
  const wide = lanesOf(type) > 1 ? ` of ${lanesOf(type)} numbers` : '';
  const parts = [
    ...(group.loads > 0
      ? [`${times(thread.loads, 'load')}${wide} by the thread, ${group.loads.toLocaleString('en')} by its workgroup`]
      : []),
    ...(group.stores > 0
      ? [`${times(thread.stores, 'store')}${wide} by the thread, ${group.stores.toLocaleString('en')} by its workgroup`]
      : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'not touched by this workgroup';
}

/** The workgroup's elements pale, the thread's own in full colour. */
function paintSheet(canvas: HTMLCanvasElement, sheet: Sheet, marks: Uint32Array): void {
  const { rows, columns } = sheet.view;
  const [dx, dy] = [canvas.width / columns, canvas.height / rows];
  const lanes = lanesOf(sheet.type);
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(canvas).getPropertyValue(sheet.colour);
  const gap = Math.min(dx, dy) >= 4 ? 1 : 0;
  const draw = (wanted: (mark: number) => boolean, alpha: number) => {
    context.globalAlpha = alpha;
    for (let element = 0; element < marks.length; element++) {
      if (!wanted(marks[element]!)) continue;
      for (let lane = 0; lane < lanes; lane++) {
        const at = element * lanes + lane;
        const [row, column] = [Math.floor(at / columns), at % columns];
        const [x, y] = [Math.floor(column * dx), Math.floor(row * dy)];
        context.fillRect(x, y, Math.max(1, dx - gap), Math.max(1, dy - gap));
      }
    }
  };
  const mine = (mark: number) => (mark & (MARK.threadReads | MARK.threadWrites)) !== 0;
  draw((mark) => mark !== 0 && !mine(mark), 0.35);
  draw(mine, 1);
}
