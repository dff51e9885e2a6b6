import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'

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
