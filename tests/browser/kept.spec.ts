import { expect, OWNER, prepare, test } from './support/fixtures'
import { sendPost } from './support/webhook'

test('what is written outlives lost answers, pages that are left, and sessions', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Mara Lind', text: 'My bag has not arrived. Where is it?' })
  await page.goto(`${server.url}/cases/1`)
  const reply = page.getByRole('textbox', { name: /^Reply to Mara Lind/ })
  const note = page.getByRole('textbox', { name: /^Note/ })

  await test.step('a note, through Escape and Escape', async () => {
    await expect(reply).toBeVisible()
    await page.keyboard.press('n')
    await expect(note).toBeFocused()
    await page.keyboard.type('Asked the airport.')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect(page).toHaveURL(/\/inbox/)
    await page.goto(`${server.url}/cases/1`)
    await expect(note).toHaveValue('Asked the airport.')
    await page.getByRole('button', { name: 'Save note' }).click()
    await expect(page.getByRole('article', { name: /^note/ })).toContainText('Asked the airport.')
    await page.reload()
    await expect(reply).toHaveValue('')
  })

  await test.step('a reply whose answer was lost is not sent as another text', async () => {
    const send = page.getByRole('button', { name: 'Send', exact: true })
    await page.route('**/replies', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await reply.fill('We are looking for your bag.')
    await send.click()
    await expect(page.getByText('The server did not answer.')).toBeVisible()
    await page.unroute('**/replies')
    await reply.fill('Your bag is in Oslo.')
    await send.click()
    await expect(page.getByText('Your first text is on its way already')).toBeVisible()
    await expect(page.getByRole('article').filter({ hasText: 'We are looking for your bag.' })).toBeVisible()
    await expect(reply).toHaveValue('Your bag is in Oslo.')
    await send.click()
    await expect(reply).toHaveValue('')
    const sent = () => receiver.replies.map(({ body }) => body.text)
    await expect.poll(sent).toEqual(['We are looking for your bag.', 'Your bag is in Oslo.'])
  })

  const files = page.getByRole('navigation', { name: 'Files of the policy' })
  const script = page.getByRole('textbox', { name: /engagement\.rhai, script/ })
  // The editor has only those lines in the page that can be seen.
  const end = async () => {
    await files.getByRole('button', { name: 'engagement.rhai' }).click()
    await script.press('Control+End')
  }

  await test.step('a policy that cannot be saved asks before it is left, and comes back', async () => {
    await page.goto(`${server.url}/policy`)
    await page.route('**/policy/draft', (route) => route.abort())
    await end()
    await script.pressSequentially('\n// Written while nothing could be saved.')
    await expect(page.getByText('The server did not answer.')).toBeVisible()
    await page.getByRole('link', { name: /^Inbox/ }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByRole('button', { name: 'Not now' }).click()
    await expect(page).toHaveURL(/\/policy$/)
    await page.getByRole('link', { name: /^Inbox/ }).first().click()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await expect(page).toHaveURL(/\/inbox$/)
    await page.unroute('**/policy/draft')
    await page.getByRole('link', { name: 'Policy' }).click()
    await end()
    await expect(script).toContainText('Written while nothing could be saved.')
    await expect(page.getByText('saved just now')).toBeVisible()
  })

  await test.step('a policy whose writer is signed out meanwhile', async () => {
    await end()
    await script.pressSequentially('\n// Written as the session ended.')
    await page.context().clearCookies()
    await expect(page).toHaveURL(/\/sign-in/)
    await page.getByLabel('E-mail address').fill(OWNER.email)
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/policy$/)
    await end()
    await expect(script).toContainText('Written as the session ended.')
    await expect(page.getByText('saved just now')).toBeVisible()
  })
})
