import { expect, prepare, test } from './support/fixtures'
import { sendPost } from './support/webhook'

test('a case is found, answered and closed without a mouse', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Ben Aas', text: 'First question: may I bring my bicycle on board?' })
  await sendPost(hook, { author: 'Ida Berg', text: 'Second question: when does the lounge in Bergen open?' })
  await page.goto(`${server.url}/inbox`)
  const rows = page.getByRole('list', { name: 'Cases' })
  // Both decided, so that the order stands.
  await expect(rows.getByRole('listitem').filter({ hasNotText: 'Nobody owes anything' })).toHaveCount(2)
  const focused = rows.getByRole('link').and(page.locator(':focus'))
  await test.step('j, k and Enter move and open', async () => {
    await page.keyboard.press('j')
    await expect(focused).toHaveCount(1)
    const first = (await focused.getAttribute('href')) ?? ''
    await page.keyboard.press('j')
    await expect(focused).not.toHaveAttribute('href', first)
    await page.keyboard.press('k')
    await expect(focused).toHaveAttribute('href', first)
    // The one about the bicycle, so that the other can be searched for afterwards.
    if (!(await focused.textContent())?.includes('Ben Aas')) await page.keyboard.press('j')
    await expect(focused).toContainText('Ben Aas')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/cases\/\d+$/)
  })

  await test.step('r writes, Ctrl+Enter sends', async () => {
    await page.keyboard.press('r')
    const reply = page.getByRole('textbox', { name: /^Reply to/ })
    await expect(reply).toBeFocused()
    await page.keyboard.type('Thank you for asking. Here is how it works, step by step.')
    await expect(page.getByText('No guard has anything to say.')).toBeVisible()
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => receiver.replies.length).toBe(1)
  })

  await test.step('e closes with a reason, Escape goes back', async () => {
    await page.locator('body').press('Escape')
    await page.keyboard.press('e')
    const dialog = page.getByRole('dialog')
    await expect(dialog).toBeVisible()
    await dialog.getByLabel('answered', { exact: true }).press('Space')
    await dialog.getByLabel('answered', { exact: true }).press('Enter')
    await expect(page.getByText(/Closed:/)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page).toHaveURL(/\/inbox/)
  })

  await test.step('? lists the keys, / searches', async () => {
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toContainText('all keys')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox')).toBeFocused()
    await page.keyboard.type('lounge')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Open, soonest first' })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Cases' }).getByRole('listitem')).toHaveCount(1)
    await expect(page.getByRole('list', { name: 'Cases' })).toContainText('lounge')
  })
})
