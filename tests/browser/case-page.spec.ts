import type { Browser, Page } from '@playwright/test'
import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { signInAs } from './support/people'
import { sendPost } from './support/webhook'

const WEEK = 7 * 24 * 3600 * 1000

/** Somebody who has nothing but the link: no account, no script. */
async function visit(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  const visitor = await context.newPage()
  await visitor.goto(address)
  return visitor
}

// S28: we did not keep our side; the page shows it, and the appeal goes to somebody who was not involved.
test('a promise is broken, the page says so, and somebody new looks at it', async ({ page, server, receiver, browser }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Jana Ruiz', text: '@northwind you lost my suitcase', at: new Date(Date.now() - 2 * WEEK) })
  const bo = await signInAs(browser, page, server, { name: 'Bo Berg', email: 'bo@northwind.test', roles: ['agent'] })
  await bo.goto(`${server.url}/cases/NA-1`)
  const ledger = bo.getByRole('region', { name: /^Ledger/ })
  await expect(ledger).toContainText(/Missed|late/)

  let address = ''
  await test.step('an agent answers, and makes a link to the page', async () => {
    await bo.getByRole('textbox', { name: /^Reply to/ }).fill('I am sorry that you had to wait. We are looking for it.')
    await bo.getByRole('button', { name: 'Send', exact: true }).click()
    await expect.poll(() => receiver.replies.length).toBe(1)
    await bo.getByText('Is it solved?').click()
    await bo.getByRole('button', { name: 'Make a link' }).click()
    address = (await bo.getByText(`${server.url}/c/`).textContent()) ?? ''
    expect(address).toMatch(/\/c\/[\w-]{43}$/)
    await accessible(bo, 'a case with a link')
    await fitsAPhone(bo, 'a case with a link')
  })

  const jana = await visit(browser, address)
  await test.step('she sees both sides and what was late', async () => {
    await expect(jana.getByRole('heading', { level: 1, name: 'Jana Ruiz, your case NA-1' })).toBeVisible()
    await expect(jana.getByRole('region', { name: 'We owe you' })).toContainText('Kept late')
    await expect(jana.getByRole('region', { name: 'We did not keep our side' })).toBeVisible()
    await expect(jana.getByRole('article')).toHaveText([/you lost my suitcase/, /We are looking for it/])
    await jana.screenshot({ path: test.info().outputPath('page.png'), fullPage: true })
  })

  await test.step('she says no, and appeals', async () => {
    await jana.getByRole('button', { name: 'No, it is not' }).click()
    await expect(jana.getByRole('status')).toContainText('We have noted what you said.')
    await jana.getByText('Ask somebody new to look').first().click()
    await jana.getByLabel('What should they know?').fill('It was there for two weeks.')
    await jana.getByRole('button', { name: 'Ask somebody new to look' }).click()
    await expect(jana.getByRole('status')).toContainText('you read the answer here')
    await expect(jana.getByRole('region', { name: 'We owe you' })).toContainText('somebody who was not involved')
  })

  await test.step('whoever was involved may not answer it', async () => {
    const outcome = bo.getByRole('region', { name: 'Is it solved?' })
    await expect(outcome).toContainText('They appeal')
    await expect(outcome.getByRole('button', { name: 'Answer…' })).toHaveAttribute('aria-disabled', 'true')
    await expect(outcome).toContainText('You had a hand in this case before the appeal.')
  })

  const ada = await signInAs(browser, page, server, { name: 'Ada Diallo', email: 'ada@northwind.test', roles: ['agent'] })
  await test.step('somebody new does', async () => {
    await ada.goto(`${server.url}/cases/NA-1`)
    const outcome = ada.getByRole('region', { name: 'Is it solved?' })
    await outcome.getByRole('button', { name: 'Answer…' }).click()
    await outcome.getByLabel('Your answer, and why').fill('You are right. It stood in Oslo, and it comes today.')
    await accessible(ada, 'an appeal')
    await fitsAPhone(ada, 'an appeal')
    await outcome.getByRole('button', { name: 'They are right' }).click()
    await expect(outcome).toContainText('Granted by Ada Diallo')
    await ada.screenshot({ path: test.info().outputPath('case.png'), fullPage: true })
  })

  await test.step('she reads it, says yes, and the link ends', async () => {
    await jana.goto(address)
    await expect(jana.getByText('It stood in Oslo, and it comes today.')).toBeVisible()
    await jana.getByRole('button', { name: 'Yes, it is solved for me' }).click()
    await expect(jana.getByText(/You said on .* that it is solved\./)).toBeVisible()
    await jana.getByText('End this link').first().click()
    await jana.getByRole('button', { name: 'End this link' }).click()
    await expect(jana.getByRole('heading', { level: 1, name: 'This link has ended' })).toBeVisible()
    await jana.goto(address)
    await expect(jana.getByText('suitcase')).toHaveCount(0)
  })

  await test.step('the figures have it', async () => {
    await page.goto(`${server.url}/insight`)
    const said = page.getByRole('region', { name: 'What they said on the pages of their cases' })
    await expect(said.getByRole('row').nth(1)).toContainText('1, 1 granted')
  })
})

test('the page is for everybody: keyboard, screen reader, phone, dark, a text that cannot be taken', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Mira Holm', text: 'Where is my seat? I was charged twice and it went wrong.' })
  await page.goto(`${server.url}/cases/NA-1`)
  await page.getByText('Is it solved?').click()
  await page.getByRole('button', { name: 'Make a link' }).click()
  const address = (await page.getByText(`${server.url}/c/`).textContent()) ?? ''
  await page.goto(address)
  await accessible(page, 'the page of a case')
  await fitsAPhone(page, 'the page of a case')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  const write = page.getByLabel('Write to us')
  await write.evaluate((field: HTMLTextAreaElement) => (field.removeAttribute('required'), field.removeAttribute('maxlength')))
  await write.fill('   ')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('alert')).toContainText('there is nothing written yet')
  await page.getByLabel('Write to us').fill('It is seat 12A.')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('article').last()).toContainText('It is seat 12A.')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: test.info().outputPath('phone.png'), fullPage: true })
  await page.goto(`${server.url}/c/nonsense`)
  await expect(page.getByRole('heading', { level: 1, name: 'There is no such page' })).toBeVisible()
})

test('a reply that nobody else reads takes the link along, and the page answers back', async ({ page, server, receiver, browser }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { id: 'm1', author: 'Mira Holm', text: 'Where is my parcel?', visibility: 'private' })
  await page.goto(`${server.url}/cases/NA-1`)
  const reply = page.getByRole('textbox', { name: /^Reply to/ })
  await reply.fill('We are looking for it.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect.poll(() => receiver.replies.length).toBe(1)
  await sendPost(hook, { id: 'm2', author: 'Mira Holm', text: 'Thank you, and when will you know?', visibility: 'private', in_reply_to: 'm1' })
  // The policy has the link ready; where it leads is not known before it leaves.
  await expect(reply).toHaveValue(/here is the page of your case: \{case_page\}/)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect.poll(() => receiver.replies.length).toBe(2)
  const { text, in_reply_to } = receiver.replies[1]!.body as { text: string; in_reply_to: string }
  expect(in_reply_to).toBe('m2')
  const address = text.match(/https?:\/\/\S+\/c\/[\w-]{43}/)?.[0]
  expect(address, text).toBeTruthy()

  const mira = await visit(browser, address!)
  await mira.getByLabel('Write to us').fill('Friday would be good.')
  await mira.getByRole('button', { name: 'Send' }).click()
  await expect(mira.getByRole('article').last()).toContainText('Friday would be good.')
  await expect(page.getByRole('article').last()).toContainText('Friday would be good.')
  // What is answered on the platform is what it knows.
  await reply.fill('Friday it is.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect.poll(() => receiver.replies.length).toBe(3)
  expect(receiver.replies[2]!.body).toMatchObject({ in_reply_to: 'm2', visibility: 'private' })
  // Nobody hands the link to everybody.
  await reply.fill('See {case_page}')
  await page.getByRole('radio', { name: 'Public reply' }).or(page.getByLabel('Public reply')).first().check()
  await expect(page.getByText(/which everybody could read here; reply privately/).first()).toBeVisible()
})
