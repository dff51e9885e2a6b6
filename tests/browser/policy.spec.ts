import { expect, prepare, test } from './support/fixtures'

test('a policy is edited, checked in place, tested and published', async ({ page, server, receiver }) => {
  await prepare(page, server, receiver)
  await page.goto(`${server.url}/policy`)
  await expect(page.getByText('Live: version 1')).toBeVisible()
  const files = page.getByRole('navigation', { name: 'Files of the policy' })
  await files.getByText('engagement.rhai').click()
  const script = page.getByRole('textbox', { name: /engagement\.rhai, script/ })
  await expect(script).toBeVisible()

  await test.step('a mistake is shown where it is', async () => {
    await script.press('Control+End')
    await script.pressSequentially('\nrule "loud" because "Shouting" when event.txt == "a" then { label("loud"); }')
    await expect(page.getByText('1 error')).toBeVisible()
    await expect(page.getByText(/txt/).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Publish', exact: true })).toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('put right, its tests run', async () => {
    for (let count = 0; count < 'txt == "a" then { label("loud"); }'.length; count++) await script.press('Backspace')
    await script.pressSequentially('text.is_shouting then { label("loud"); }')
    await expect(page.getByText('no problem')).toBeVisible()
    await page.getByRole('button', { name: 'Run tests' }).click()
    await expect(page.getByText(/(\d+) of \1 pass/)).toBeVisible({ timeout: 20_000 })
  })

  await test.step('published, it decides', async () => {
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What changed, and why').fill('Shouting is labelled')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('Live: version 2')).toBeVisible()
  })

  await test.step('an older version can be made live again', async () => {
    await page.getByRole('button', { name: 'Make version 1 live again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('It labelled too much')
    await dialog.getByRole('button', { name: 'Make live again' }).click()
    await expect(page.getByText('Version 1 is live again.')).toBeVisible()
  })
})
