/** What to do where there is no WebGPU, browser by browser. */
import { html } from 'lit-html';

export const withoutWebGpu = (error: unknown) => html`
  <section class="notice" role="alert">
    <h1>No WebGPU here</h1>
    <p>This page computes on the GPU of your machine, through WebGPU, and your browser gave it none.</p>
    <dl>
      <dt>Chrome, Edge (Windows, macOS, ChromeOS, Android)</dt>
      <dd>Version 113 or later has it; on Android 121. Update, and see that hardware acceleration is on in the settings.</dd>
      <dt>Chrome on Linux</dt>
      <dd>
        Open <code>chrome://flags</code>, switch on “Unsafe WebGPU Support” and “Vulkan”, and start it again.
        <code>chrome://gpu</code> says whether WebGPU is available.
      </dd>
      <dt>Safari</dt>
      <dd>Version 26 or later, on macOS 26, iOS 26 and iPadOS 26.</dd>
      <dt>Firefox</dt>
      <dd>Version 141 or later on Windows, 145 on Macs with Apple’s chips; elsewhere Firefox Nightly.</dd>
      <dt>No GPU at all</dt>
      <dd>Start Chrome with <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>: slow, but everything works.</dd>
    </dl>
    <p class="cause">The browser said: ${error instanceof Error ? error.message : String(error)}</p>
  </section>
`;
