import { expect, prepare, test } from './support/fixtures'

const RULE = 'rule "loud" because "Shouting is answered calmly" under "courtesy"\nwhen event.is_consumer_post && event.text.'
const WRONG = 'is_shoutin\nthen { label("loud"); }'
const RIGHT = 'is_shouting\nthen { label("loud"); }'

test('a policy is edited, checked in place, tested and published', async ({ page, server, receiver }) => {
  await prepare(page, server, receiver)
  await page.goto(`${server.url}/policy`)
  await expect(page.getByText('Live: version 1')).toBeVisible()
  const steps = page.getByRole('list', { name: 'Publishing' })
  await page.getByRole('navigation', { name: 'Files of the policy' }).getByRole('button', { name: 'engagement.rhai' }).click()
  const script = page.getByRole('textbox', { name: /engagement\.rhai, script/ })
  await expect(script).toBeVisible()

  await test.step('a mistake is shown where it is', async () => {
    await script.press('Control+End')
    await script.pressSequentially(`\n${RULE}${WRONG}`)
    await expect(steps).toContainText('1 error')
    await expect(page.getByRole('button', { name: /^engagement\.rhai, line \d+$/ })).toBeVisible()
    await expect(page.getByText(/is_shoutin\b/).last()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Publish', exact: true })).toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('put right, its tests run', async () => {
    for (let left = WRONG.length; left > 0; left--) await script.press('Backspace')
    await script.pressSequentially(RIGHT)
    await expect(steps).not.toContainText('error')
    await page.getByRole('button', { name: 'Run tests' }).click()
    await expect(page.getByText(/^(\d+) of \1 pass$/)).toBeVisible({ timeout: 20_000 })
  })

  await test.step('published, it decides', async () => {
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What changed, and why').fill('Shouting is labelled')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('Live: version 2')).toBeVisible()
  })

  await test.step('what went live meanwhile is not overwritten unseen', async () => {
    await script.press('Control+End')
    await script.pressSequentially('\n// Mine.')
    const api = `${server.url}/api/v1`
    const { csrf_token: csrf } = await (await page.request.get(`${api}/session`)).json()
    const { live } = await (await page.request.get(`${api}/policy`)).json()
    const { files } = await (await page.request.get(`${api}/policy/versions/${live.id}`)).json()
    files['engagement.rhai'] += '\n// Theirs.'
    const post = (path: string, data: object) => page.request.post(`${api}/policy/versions${path}`, { headers: { 'x-csrf-token': csrf }, data })
    const proposed = await post('', { files, note: 'Theirs' })
    expect(proposed.ok(), await proposed.text()).toBe(true)
    const made = await post(`/${(await proposed.json()).id}/publish`, {})
    expect(made.ok(), await made.text()).toBe(true)
    await expect(page.getByText('Live: version 3')).toBeVisible()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What changed, and why').fill('Mine')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await expect(dialog.getByRole('alert')).toContainText('Version 3 went live while you were writing')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('Live: version 4')).toBeVisible()
    await expect(dialog).toHaveCount(0)
  })

  await test.step('an older version can be made live again', async () => {
    await page.getByRole('button', { name: 'Make version 1 live again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('It labelled too much')
    await dialog.getByRole('button', { name: 'Make live again' }).click()
    await expect(page.getByText('Version 1 is live again.')).toBeVisible()
  })
})
