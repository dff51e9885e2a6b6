#!/usr/bin/env node
// Looks at every page: a screenshot at each width and theme, and what axe finds. Against a running server:
//   node dev/look.mjs http://127.0.0.1:8080 out-folder [email] [password] [only]
// With the made-up server (`PORT=8080 BUILD=1 npm run fake`) any address and password sign in.
import { chromium } from 'playwright-core';
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';

const [base, out, email = 'lena@northwind.example', password = 'four words that hold', only = ''] = process.argv.slice(2);
if (!base || !out) {
  console.error('node dev/look.mjs URL FOLDER [EMAIL] [PASSWORD] [PAGE]');
  process.exit(2);
}
const widths = [360, 1280, 1920];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
await mkdir(out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
});
let bad = 0;

async function look(page, name) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const width of widths) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${out}/${name}-${width}-${theme}.png`, fullPage: width === 360 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) {
        bad += 1;
        console.log(`${name} ${width}: ${wide} px too wide`);
      }
      if (width === 1920) continue;
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const violation of violations) {
        bad += 1;
        console.log(`${name} ${width} ${theme}: ${violation.id}: ${violation.help}\n    ${violation.nodes.slice(0, 4).map((node) => `${node.target.join(' ')}  ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join('\n    ')}`);
      }
    }
  }
}

// The script of axe is put into the page from outside, which the page's own policy would forbid.
const context = await browser.newContext({ bypassCSP: true });
const page = await context.newPage();
page.on('pageerror', (error) => ((bad += 1), console.log('error in the page:', error.message)));
page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !message.text().includes('401') && console.log('console:', message.text()));

await page.goto(`${base}/sign-in`);
await page.getByRole('heading', { name: 'Sign in' }).waitFor();
if (!only || only === 'sign-in') await look(page, 'sign-in');
await page.getByLabel('E-mail address').fill(email);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.waitForURL('**/inbox');
const first = page.locator('[data-case]').nth(3);
await first.waitFor();
const caseAddress = await first.getAttribute('href');
const places = [
  ['inbox', '/inbox', () => first.focus()],
  ['case', caseAddress, () => page.getByRole('heading', { name: 'Why this happened' }).waitFor()],
  ['policy', '/policy', () => page.getByRole('textbox', { name: /script/ }).waitFor()],
  ['rule', '/policy/rules/legal-claim', () => page.getByRole('heading', { name: /^Latest/ }).waitFor()],
  ['coverage', '/policy/coverage', () => page.getByRole('heading', { name: 'Articles' }).waitFor()],
  ['backtests', '/policy/backtests', () => page.getByRole('heading', { name: 'Backtests' }).waitFor()],
  ['compare', '/policy/compare', () => page.getByRole('heading', { name: 'Compare' }).waitFor()],
  ['connectors', '/connectors', () => page.getByRole('heading', { name: 'Gallery' }).waitFor()],
  ['connect', '/connectors/new/webhook', () => page.getByLabel('Name of the connection').waitFor()],
  ['settings', '/settings', () => page.getByRole('heading', { name: 'People and roles' }).waitFor()],
  ['missing', '/nowhere', () => page.getByRole('heading', { level: 1 }).waitFor()]
];
for (const [name, path, ready] of places) {
  if (only && only !== name) continue;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(base + path);
  await ready();
  await page.waitForTimeout(600);
  await look(page, name);
  if (name === 'policy') {
    await studio();
    continue;
  }
  if (name === 'connectors') {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.locator('.conns a').first().click();
    await page.getByRole('heading', { name: 'Log' }).waitFor();
    await look(page, 'connection');
  }
}

/** The studio with a case pinned and a mistake made, and then the version that it is proposed as. */
async function studio() {
  await page.getByRole('button', { name: 'engagement.rhai' }).first().click();
  await page.getByRole('button', { name: 'Pin a case' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click();
  const script = page.getByRole('textbox', { name: /^engagement\.rhai, script/ });
  await script.press('Control+End');
  await script.pressSequentially('\n// Looked at.');
  await page.getByText(/would be different/).first().waitFor();
  await look(page, 'policy');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  await page.getByLabel('What changed, and why').fill('A note for those who look');
  await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click();
  await page.getByRole('link', { name: /^Read version/ }).first().click();
  await page.getByRole('heading', { name: 'What it changes' }).waitFor();
  await look(page, 'version');
}

await browser.close();
console.log(bad ? `${bad} things to mend` : 'nothing to mend');
process.exit(bad ? 1 : 0);
