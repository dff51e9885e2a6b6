import { expect, prepare, test } from './support/fixtures'
import { accessible } from './support/manners'
import { sendPost } from './support/webhook'

test('a reply that could not be sent is told of, sent again, or dropped', async ({ page, server, receiver, browser }) => {
  const hook = await prepare(page, server, receiver)
  const answer = async (author: string, text: string) => {
    await page.goto(`${server.url}/inbox`)
    await page.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: author }).getByRole('link').click()
    await page.getByRole('textbox', { name: /^Reply to/ }).fill(text)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(page.getByRole('article').filter({ hasText: text })).toContainText('could not be sent')
  }
  await sendPost(hook, { author: 'Ben Aas', text: 'May I bring my bicycle on board?' })
  await sendPost(hook, { author: 'Ida Berg', text: 'When does the lounge in Bergen open?' })
  receiver.refuses = true

  await test.step('the case says so, and tries again', async () => {
    await answer('Ben Aas', 'Yes, with our bicycle fare.')
    receiver.refuses = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('article').filter({ hasText: 'with our bicycle fare' })).not.toContainText('could not be sent')
    await expect.poll(() => receiver.replies.length).toBe(1)
  })

  await test.step('the list under Connectors drops it, for those who decide and see no connections, too', async () => {
    receiver.refuses = true
    await answer('Ida Berg', 'At six every morning.')
    const approver = { name: 'Anna Approver', email: 'anna@northwind.test', password: 'four other words', roles: ['approver'] }
    const { csrf_token: csrf } = await (await page.request.get(`${server.url}/api/v1/session`)).json()
    const headers = { 'x-csrf-token': csrf }
    const made = await page.request.post(`${server.url}/api/v1/users`, { headers, data: approver })
    expect(made.ok(), await made.text()).toBe(true)
    const context = await browser.newContext()
    const hers = await context.newPage()
    await hers.goto(`${server.url}/sign-in?next=/connectors`)
    await hers.getByLabel('E-mail address').fill(approver.email)
    await hers.getByLabel('Password').fill(approver.password)
    await hers.getByRole('button', { name: 'Sign in' }).click()
    const dead = hers.getByRole('region', { name: 'Replies that could not be sent' })
    await expect(dead.getByRole('listitem')).toHaveCount(1)
    await expect(dead).toContainText('At six every morning.')
    await expect(hers.getByRole('heading', { name: 'Connections' })).toHaveCount(0)
    await accessible(hers, 'connectors for an approver')
    await hers.route('**/drop', (route) => route.abort())
    await dead.getByRole('button', { name: 'Drop' }).click()
    await expect(dead.getByRole('alert')).toContainText('The server did not answer.')
    await hers.unroute('**/drop')
    await dead.getByRole('button', { name: 'Drop' }).click()
    await expect(dead.getByRole('listitem')).toHaveCount(0)
    await context.close()
  })

  await test.step('a dropped reply leaves the answer owed', async () => {
    await page.goto(`${server.url}/inbox`)
    const row = page.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: 'Ida Berg' })
    await expect(row).toContainText('We:')
    expect(receiver.replies.length).toBe(1)
  })
})
