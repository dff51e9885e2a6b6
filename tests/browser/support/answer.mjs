// The part of an agent, for suites that are not about the browser: signs in, opens a case and answers it through the page.
//   node answer.mjs URL E-MAIL PASSWORD CASE-ID TEXT
// Ends with 0 once the page says that the reply was sent.
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const [url, email, password, id, text] = process.argv.slice(2)
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const page = await browser.newPage({ locale: 'en-GB' })
  page.setDefaultTimeout(20_000)
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/inbox')
  await page.goto(`${url}/cases/${id}`)
  await page.getByRole('textbox', { name: /^Reply to/ }).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('article').filter({ hasText: text }).first().waitFor()
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    console.error(page.url(), (await page.locator('body').innerText()).slice(0, 3000))
  }
  throw error
} finally {
  await browser.close()
}
