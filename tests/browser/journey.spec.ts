import { connectWebhook, expect, OWNER, prepare, setUp, test } from './support/fixtures'
import { sendPost } from './support/webhook'

// The main job from end to end: a real post becomes a decided case and an answer.
test('a post becomes a case, is answered, and the answer goes out', async ({ page, server, receiver }) => {
  await test.step('the printed link makes the owner', () => setUp(page, server))
  const hook = await test.step('a connection is added', () => connectWebhook(page, receiver))
  await test.step('the networks it may reach are there to be withdrawn', async () => {
    const networks = page.getByLabel(/^Private networks it may reach/)
    await expect(networks).toHaveValue('127.0.0.0/8')
    await networks.fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Saved.')).toBeVisible()
    await page.reload()
    await page.getByText('More', { exact: true }).click()
    await expect(networks).toHaveValue('')
    await networks.fill('127.0.0.0/8')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Saved.')).toBeVisible()
  })

  const row = page.getByRole('list', { name: 'Cases' }).getByRole('listitem').filter({ hasText: 'My bag has not arrived' })
  await test.step('a signed post arrives while the inbox is open', async () => {
    await page.getByRole('link', { name: /^Inbox/ }).first().click()
    await expect(page.getByText('Live', { exact: true })).toBeVisible()
    await expect(row).toHaveCount(0)
    await sendPost(hook, { author: 'Mara Lind', text: 'My bag has not arrived. Flight NW 482, two days ago. Where is it?' })
    await expect(row).toBeVisible()
    await expect(row).toContainText('We:')
  })

  await test.step('the case shows who owes what, and why', async () => {
    await row.getByRole('link').click()
    await expect(page).toHaveURL(/\/cases\/\d+$/)
    await expect(page.getByRole('heading', { name: 'Ledger: our turn' })).toBeVisible()
    await expect(page.getByText('Northwind Air owes Mara Lind')).toBeVisible()
    await page.getByRole('button', { name: /^Why then\?/ }).first().click()
    await expect(page.getByText(/This time counts/)).toBeVisible()
    const why = page.getByRole('complementary', { name: 'Case details' })
    await expect(why).toContainText('Why this happened')
    await expect(why).toContainText('a post came in')
    await why.getByRole('button', { name: 'Decide again on the same facts' }).click()
    await expect(why).toContainText('the same decision')
  })

  const reply = page.getByRole('textbox', { name: /^Reply to Mara Lind/ })
  const send = page.getByRole('button', { name: 'Send', exact: true })
  await test.step('a guard stops account facts in public', async () => {
    await reply.fill('Your booking is on card 4111 1111 1111 1111, mail mara@example.org.')
    await expect(page.getByText('This cannot go out:')).toBeVisible()
    await expect(send).toHaveAttribute('aria-disabled', 'true')
    await send.click({ force: true })
    expect(receiver.replies).toEqual([])
  })

  await test.step('a good reply goes out', async () => {
    await reply.fill('We are sorry, Mara. Your bag is on the next flight from Oslo and will be with you tomorrow.')
    await expect(page.getByText('This cannot go out:')).toHaveCount(0)
    await send.click()
    await expect(page.getByRole('article').filter({ hasText: 'on the next flight from Oslo' }).first()).toBeVisible()
    await expect.poll(() => receiver.replies.length).toBe(1)
    expect(JSON.stringify(receiver.replies[0].body)).toContain('on the next flight from Oslo')
  })

  await test.step('the promise is kept', async () => {
    const ours = page.getByRole('region', { name: /^Northwind Air owes/ })
    await expect(ours).toContainText('Kept')
    await expect(page.getByRole('heading', { name: 'Ledger: our turn' })).toHaveCount(0)
  })

  await test.step('out, and in again', async () => {
    await page.getByRole('link', { name: /your account/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/sign-in/)
    await page.goto(`${server.url}/inbox`)
    await expect(page).toHaveURL(/\/sign-in/)
    await page.getByLabel('E-mail address').fill(OWNER.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/inbox/)
  })

  await test.step('the link worked once', async () => {
    await page.goto(server.setUpLink)
    await expect(page.getByText('Comity is already set up')).toBeVisible()
  })
})

// S1: rant and run. What was promised to them ends with a last word, the case rests, and opens when they come back.
test('they rant, are asked twice, say nothing; the case rests with a last word and opens again', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  const ago = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000)
  await sendPost(hook, { id: 'p1', author: 'Mara Lind', text: 'You people are the worst. Three weeks and nothing works!', at: ago(20) })
  await sendPost(hook, { id: 'a1', author: 'Northwind', text: 'I am sorry to hear that. What exactly does not work?', at: ago(19.9), party: 'company', in_reply_to: 'p1' })
  await sendPost(hook, { id: 'a2', author: 'Northwind', text: 'Did you see my question? I would like to help.', at: ago(16), party: 'company', in_reply_to: 'p1' })
  await page.goto(`${server.url}/cases/NA-1`)
  await expect(page.getByText('Closed: abandoned')).toBeVisible()
  const theirs = page.getByRole('region', { name: /Mara Lind owes Northwind Air/ })
  await expect(theirs).toContainText('Missed')
  const reply = page.getByRole('textbox', { name: /^Reply to/ })
  await expect(reply).toHaveValue(/care@example\.org/)
  await page.screenshot({ path: test.info().outputPath('rests.png'), fullPage: true })
  await sendPost(hook, { author: 'Mara Lind', text: 'Sorry, I was ill. It is the login that does not work.', in_reply_to: 'p1' })
  await expect(page.getByText('Closed: abandoned')).toHaveCount(0)
  await expect(page.getByRole('article').last()).toContainText('It is the login')
  await expect(page.getByText('Ledger: our turn')).toBeVisible()
})
