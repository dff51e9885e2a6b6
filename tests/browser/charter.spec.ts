import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { sendPost } from './support/webhook'

// S16: the public sees what is owed on both sides, in its own language, without an account or a script.
test('everybody reads the charter, without a script, on a phone, in two languages', async ({ page, server, receiver, browser }) => {
  await prepare(page, server, receiver)
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'de-AT', viewport: { width: 1280, height: 800 } })
  const visitor = await context.newPage()
  await visitor.goto(`${server.url}/charter`)
  await expect(visitor.getByRole('heading', { level: 1, name: 'Was wir einander schulden' })).toBeVisible()
  await expect(visitor.getByRole('region', { name: 'Wir schulden Ihnen' }).getByRole('listitem').first()).toContainText('innerhalb von vier Arbeitsstunden')
  await visitor.screenshot({ path: test.info().outputPath('german.png'), fullPage: true })
  await visitor.getByRole('link', { name: 'English' }).click()
  await expect(visitor.getByRole('region', { name: 'We owe you' }).getByRole('listitem').first()).toContainText('Too few cases yet for a figure.')
  await expect(visitor.getByRole('link', { name: 'English' })).toHaveAttribute('aria-current', 'page')
  expect(await context.cookies()).toEqual([])
  await context.close()

  // What looks for violations is itself a script.
  await page.goto(`${server.url}/charter/en`)
  await accessible(page, 'the charter')
  await fitsAPhone(page, 'the charter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByRole('heading', { name: 'You owe us' })).toBeVisible()
})

test('the same promises with everything beside them, for those who look after them', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Ida Berg', text: 'When does the lounge in Bergen open?' })
  await page.goto(`${server.url}/inbox`)
  await page.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: 'Ida Berg' }).getByRole('link').click()
  await page.getByRole('textbox', { name: /^Reply to/ }).fill('At six every morning, Ida.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText('Ledger: nothing is due')).toBeVisible()
  await page.getByRole('link', { name: 'Insight' }).click()
  const row = page.getByRole('region', { name: 'What we owe', exact: true }).getByRole('row', { name: /four working hours/ }).first()
  await expect(row.getByRole('cell').first()).toHaveText('100')
  await expect(page.getByRole('region', { name: 'First answer' })).toContainText('half waited at most')
  await page.getByLabel('Over the last').selectOption({ label: '7 days' })
  await expect(row.getByRole('cell').nth(1)).toHaveText('1')
  await accessible(page, 'insight')
  await fitsAPhone(page, 'insight')
  await page.screenshot({ path: test.info().outputPath('insight.png'), fullPage: true })
})
