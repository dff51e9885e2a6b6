import { expect, prepare, test } from './support/fixtures'
import { sendPost } from './support/webhook'

test('a dialog stays with its cases while the list behind it changes', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  for (const author of ['Ben Aas', 'Ida Berg', 'Mara Lind']) {
    await sendPost(hook, { author, text: `${author} asks when the lounge opens.` })
  }
  await page.goto(`${server.url}/inbox`)
  const rows = page.getByRole('list', { name: 'Cases' }).getByRole('listitem')
  await expect(rows.filter({ hasNotText: 'Nobody owes anything' })).toHaveCount(3)
  const row = (author: string) => rows.filter({ hasText: author })
  const { csrf_token: csrf } = await (await page.request.get(`${server.url}/api/v1/session`)).json()
  const close = async (number: number) => {
    const answer = await page.request.post(`${server.url}/api/v1/cases/${number}/close`, {
      headers: { 'x-csrf-token': csrf },
      data: { reason: 'resolved' },
    })
    expect(answer.ok(), await answer.text()).toBe(true)
  }
  const numberOf = async (author: string) => {
    const address = await row(author).getByRole('link').getAttribute('href')
    return Number(address?.split('/').pop())
  }
  const dialog = page.getByRole('dialog')

  await test.step('what is typed stays, and so does the case that it is for', async () => {
    const number = await numberOf('Ben Aas')
    await row('Ben Aas').getByRole('link').focus()
    await page.keyboard.press('a')
    await dialog.getByLabel('Team').fill('Lounges')
    await sendPost(hook, { author: 'Tom Vik', text: 'Tom Vik asks, too.' })
    await expect(row('Tom Vik')).toHaveCount(1)
    await close(number)
    await expect(row('Ben Aas')).toHaveCount(0)
    await expect(dialog.getByRole('heading')).toHaveText(new RegExp(`^Assign: \\S*-${number}$`))
    await expect(dialog.getByLabel('Team')).toHaveValue('Lounges')
    // The case changed since the dialog opened: that is said once.
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog.getByRole('alert')).toBeVisible()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
    const changed = await (await page.request.get(`${server.url}/api/v1/cases/${number}`)).json()
    expect(changed.team).toBe('Lounges')
  })

  await test.step('the focus goes back to where it was', async () => {
    const link = row('Ida Berg').getByRole('link')
    for (const leave of ['Not now', 'Close']) {
      await link.focus()
      await page.keyboard.press('a')
      await dialog.getByRole('button', { name: leave, exact: true }).click()
      await expect(dialog).toHaveCount(0)
      await expect(link).toBeFocused()
    }
    await page.keyboard.press('a')
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(link).toBeFocused()
  })

  await test.step('a label that is taken off leaves the focus with the next', async () => {
    await row('Ida Berg').getByRole('link').focus()
    await page.keyboard.press('l')
    for (const label of ['first', 'second']) {
      await dialog.getByLabel('Add a label').fill(label)
      await dialog.getByLabel('Add a label').press('Enter')
      await expect(dialog.getByRole('button', { name: `Take off ${label}` })).toBeVisible()
    }
    await dialog.getByRole('button', { name: 'Take off first' }).press('Enter')
    await expect(dialog.getByRole('button', { name: 'Take off second' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(dialog.getByLabel('Add a label')).toBeFocused()
    await page.keyboard.press('Escape')
  })

  await test.step('after several were closed, the keys are for the row under the cursor again', async () => {
    for (const author of ['Ida Berg', 'Mara Lind']) await row(author).getByRole('checkbox').check()
    await page.getByRole('group', { name: '2 selected' }).getByRole('button', { name: 'Close' }).click()
    await expect(dialog.getByRole('heading')).toHaveText('Close with a reason: 2 cases')
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await expect(rows).toHaveCount(1)
    await page.keyboard.press('e')
    await expect(dialog.getByRole('heading')).toHaveText(new RegExp(`^Close with a reason: \\S*-${await numberOf('Tom Vik')}$`))
  })
})
