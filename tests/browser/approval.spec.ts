import { OWNER, expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { signInAs } from './support/people'
import { sendPost } from './support/webhook'

// S17: the wrong person in charge.
test('a matter goes to who knows it, and what others write in public waits for them', async ({ page, server, receiver, browser }) => {
  const hook = await prepare(page, server, receiver)
  const arne = await signInAs(browser, page, server, { name: 'Arne Agent', email: 'arne@northwind.test', roles: ['agent'] })
  const text = 'We keep your name and your journeys of the last ten years.'

  await test.step('the owner says who knows what', async () => {
    await page.goto(`${server.url}/settings`)
    await page.getByRole('button', { name: 'Add a person' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Sofie Specialist')
    await dialog.getByLabel('E-mail address').fill('sofie@northwind.test')
    await dialog.getByLabel('First password').fill(OWNER.password)
    await dialog.getByRole('group', { name: 'Skills' }).getByRole('checkbox', { name: /^data-protection/ }).check()
    await accessible(page, 'a person with skills')
    await fitsAPhone(page, 'a person with skills')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(page.getByRole('listitem').filter({ hasText: 'Sofie Specialist' })).toContainText('skills: data-protection')
  })

  await sendPost(hook, { author: 'Ida Berg', text: 'Under the GDPR: which data about me do you hold?' })

  await test.step('somebody else writes, and sends it for approval', async () => {
    await arne.goto(`${server.url}/inbox`)
    await arne.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: 'Ida Berg' }).getByRole('link').click()
    await expect(arne.getByRole('button', { name: 'Assign: Sofie Specialist' })).toBeVisible()
    await expect(arne.getByRole('region', { name: 'What to know' })).toContainText('Asks for somebody with the skill data-protection.')
    await arne.getByRole('textbox', { name: /^Reply to/ }).fill(text)
    await expect(arne.getByText('Somebody else has to agree:')).toBeVisible()
    await arne.getByRole('button', { name: 'Send for approval' }).click()
    const waiting = arne.getByRole('article').filter({ hasText: text })
    await expect(waiting).toContainText('waits for approval')
    await expect(waiting.getByRole('button', { name: 'Approve' })).toHaveAttribute('aria-disabled', 'true')
    await expect(waiting).toContainText('You wrote it; somebody else has to agree.')
    await accessible(arne, 'a reply that waits for approval')
    await fitsAPhone(arne, 'a reply that waits for approval')
    await arne.getByRole('button', { name: 'Assign: Sofie Specialist' }).click()
    await expect(arne.getByRole('radio', { name: /^Arne Agent/ })).toBeDisabled()
    await arne.keyboard.press('Escape')
    expect(receiver.replies.length).toBe(0)
  })

  await test.step('who knows the matter finds it, says no, and later yes', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Oslo' })
    const sofie = await context.newPage()
    const body = { email: 'sofie@northwind.test', password: OWNER.password }
    expect((await sofie.request.post(`${server.url}/api/v1/session`, { data: body })).ok()).toBe(true)
    await sofie.goto(`${server.url}/inbox`)
    await sofie.getByRole('navigation', { name: 'Queues' }).getByRole('link', { name: /^To be approved/ }).click()
    await sofie.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: 'Ida Berg' }).getByRole('link').click()
    const waiting = sofie.getByRole('article').filter({ hasText: text })
    await waiting.getByRole('button', { name: 'Decline' }).click()
    await waiting.getByLabel('Why not').fill('It is seven years, not ten.')
    await waiting.getByRole('button', { name: 'Decline' }).click()
    await expect(waiting).toContainText('Sofie Specialist said no: It is seven years, not ten.')
    await expect(arne.getByRole('article').filter({ hasText: text })).toContainText('Sofie Specialist said no')

    const better = 'We keep your name and your journeys of the last seven years.'
    await arne.getByRole('textbox', { name: /^Reply to/ }).fill(better)
    await arne.getByRole('button', { name: 'Send for approval' }).click()
    const second = sofie.getByRole('article').filter({ hasText: better })
    await second.getByRole('button', { name: 'Approve' }).click()
    await expect.poll(() => receiver.replies.length).toBe(1)
    await expect(sofie.getByRole('article', { name: /^post 2, Arne Agent/ })).toContainText(better)
    await context.close()
  })
})
