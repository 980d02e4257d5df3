/** The page: its parts by address, one device for all of them. */
import { type Device, openDevice } from '@ganvas/tensor';
import { html, nothing, render } from 'lit-html';
import { type Context, SECTIONS, type Section } from './section.ts';
import './style.css';
import { withoutWebGpu } from './without-webgpu.ts';

const main = document.querySelector('main')!;
const nav = document.querySelector('nav')!;
const adapter = document.querySelector('#adapter')!;

let device: Promise<Device> | null = null;
let close: (() => void) | undefined;
/** Counts the addresses that were opened: code that arrives late belongs to none of them any more. */
let opened = 0;

function openOnce(): Promise<Device> {
  device ??= openDevice().then(
    (found) => {
      adapter.textContent = found.adapter.name;
      return found;
    },
    (error: unknown) => {
      device = null;
      render(withoutWebGpu(error), main);
      throw error;
    },
  );
  return device;
}

async function open(): Promise<void> {
  const [name = '', ...path] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const section = SECTIONS.find((candidate) => candidate.name === name);
  const turn = ++opened;
  close?.();
  close = undefined;
  render(navigation(section), nav);
  document.title = section ? `${section.title} · ganvas` : 'ganvas';
  // A root of its own for each opening: whatever a late part still draws is drawn nowhere.
  const root = document.createElement('div');
  main.replaceChildren(root);
  if (!section) {
    render(contents(), root);
    return;
  }
  const context: Context = { device: openOnce, path };
  const start = await section.load();
  if (turn === opened) close = start(root, context) ?? undefined;
}

const navigation = (here: Section | undefined) =>
  SECTIONS.map(
    ({ name, title }) => html`<a href="#/${name}" aria-current=${here?.name === name ? 'page' : nothing}>${title}</a>`,
  );

const contents = () => html`
  <h1>How a GPU computes a neural network</h1>
  <p class="lead">
    ganvas is a tensor, autodiff and GPU engine written from scratch in TypeScript and WGSL. Everything below runs on your own
    adapter, from the sources that you can read.
  </p>
  <ul class="cards">
    ${SECTIONS.map(({ name, title, about }) => html`<li><a href="#/${name}"><h2>${title}</h2><p>${about}</p></a></li>`)}
  </ul>
`;

addEventListener('hashchange', () => void open());
void open();
