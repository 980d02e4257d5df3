import { open, done } from './scratch-w5.mjs';
const page = await open('#/ring');
await page.waitForSelector('button.toggle:not([disabled])',{timeout:60000});
const l=page.getByLabel('Learning rate of G');
console.log(await l.count(), await l.evaluate(e=>e.outerHTML+e.value));
await l.press('ArrowRight'); await page.waitForTimeout(500);
console.log(await l.evaluate(e=>e.outerHTML+e.value), await page.locator('label', { hasText: 'Learning rate of G' }).innerText());
await done();
