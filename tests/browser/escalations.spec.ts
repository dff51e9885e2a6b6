import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { api, signInAs } from './support/people'
import { sendPost } from './support/webhook'

const RESOLVED = 'A misunderstanding; they took it back by telephone.'

// S2: a grave accusation goes to counsel, who has to take it up.
test('an escalation finds who is to look, is taken up, handed over and dealt with', async ({ page, server, receiver, browser }) => {
  const hook = await prepare(page, server, receiver)
  const ada = await signInAs(browser, page, server, { name: 'Ada Diallo', email: 'ada@northwind.test', roles: ['approver'] })
  await signInAs(browser, page, server, { name: 'Bo Berg', email: 'bo@northwind.test', roles: ['agent'] })
  await ada.goto(`${server.url}/escalations`)
  await expect(ada.getByRole('heading', { name: 'Nothing waits for anybody' })).toBeVisible()
  await accessible(ada, 'no escalations')

  await test.step('the owner says who is in which team', async () => {
    await page.goto(`${server.url}/settings`)
    await page.getByRole('button', { name: 'Change Ada Diallo' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('group', { name: /^Teams/ }).getByRole('checkbox', { name: /^legal/ }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('listitem').filter({ hasText: 'Ada Diallo' })).toContainText('teams: legal')
  })

  await sendPost(hook, { author: 'Vera Vogt', text: 'You stole this from a small inventor. My lawyer will contact you.' })

  await test.step('whoever is told sees it at once, with who is next', async () => {
    await expect(ada.getByRole('link', { name: /^Escalations ?, 1 wait for you$/ })).toBeVisible()
    const run = ada.getByRole('region', { name: 'A lawyer looks before anyone answers' })
    await expect(run).toContainText('team legal: Ada Diallo, told')
    await expect(run).toContainText('then role general-counsel')
    await expect(run).toContainText(/1[45] min.*to the next step/s)
    await accessible(ada, 'an escalation')
    await fitsAPhone(ada, 'an escalation')
  })

  await test.step('taking it up stops the clock, on every page', async () => {
    await page.goto(`${server.url}/cases/NA-1`)
    const inCase = page.getByRole('region', { name: 'A lawyer looks before anyone answers' })
    await expect(inCase).toContainText('to the next step')
    await ada.getByRole('button', { name: 'Acknowledge' }).click()
    await expect(ada.getByRole('heading', { name: 'Nothing waits for anybody' })).toBeVisible()
    await expect(ada.getByRole('link', { name: 'Escalations', exact: true })).toBeVisible()
    await expect(inCase).toContainText('Taken up by Ada Diallo')
    await accessible(page, 'a case with an escalation')
    await fitsAPhone(page, 'a case with an escalation')
  })

  await test.step('it goes to somebody else, and is dealt with', async () => {
    await ada.getByRole('link', { name: 'Taken up' }).click()
    await ada.getByRole('button', { name: 'Hand over' }).click()
    await ada.getByRole('radio', { name: 'Bo Berg' }).check()
    await accessible(ada, 'handing over')
    await ada.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
    await expect(ada.getByText('Taken up by Bo Berg')).toBeVisible()
    await ada.getByRole('button', { name: 'Dealt with' }).click()
    await ada.getByLabel('What was done').fill(RESOLVED)
    await ada.getByRole('dialog').getByRole('button', { name: 'Dealt with' }).click()
    await expect(ada.getByRole('heading', { name: 'Nobody has one in hand' })).toBeVisible()
    await ada.getByRole('link', { name: 'Over', exact: true }).click()
    await expect(ada.getByText(RESOLVED)).toBeVisible()
    await expect(page.getByRole('region', { name: 'Escalations' })).toContainText(RESOLVED)
  })

  await test.step('the keyboard is enough', async () => {
    const again = await api(page, server, 'post', '/cases/NA-1/close', { reason: 'resolved' })
    expect(again.ok()).toBe(true)
    await sendPost(hook, { author: 'Rolf Rask', text: 'This is theft, and my lawyer will say so.' })
    await ada.getByRole('link', { name: 'Waiting' }).click()
    await expect(ada.getByRole('button', { name: 'Acknowledge' })).toBeVisible()
    await ada.getByRole('button', { name: 'Acknowledge' }).focus()
    await ada.keyboard.press('Enter')
    await expect(ada.getByRole('heading', { name: 'Nothing waits for anybody' })).toBeVisible()
  })
})

test('a rota is made by keyboard and by dragging, and says who is on call', async ({ page, server, receiver, browser }) => {
  await prepare(page, server, receiver)
  await signInAs(browser, page, server, { name: 'Ada Diallo', email: 'ada@northwind.test', roles: ['approver'] })
  await signInAs(browser, page, server, { name: 'Bo Berg', email: 'bo@northwind.test', roles: ['agent'] })
  await page.goto(`${server.url}/escalations`)
  await page.getByRole('link', { name: 'On call' }).click()
  const legal = page.getByRole('region', { name: 'legal', exact: true })
  await expect(legal).toContainText('Nobody is on call; the whole team is told')
  await accessible(page, 'nobody on call')

  await legal.getByRole('button', { name: 'Rota of legal' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Layer 1 has nobody in it')
  for (const name of ['Ada Diallo', 'Bo Berg', 'Olga Owner']) await dialog.getByLabel('Add somebody').selectOption({ label: name })
  const order = dialog.getByRole('group', { name: 'Layer 1' }).getByRole('listitem')
  await expect(order).toHaveText([/1\. Ada Diallo/, /2\. Bo Berg/, /3\. Olga Owner/])
  await dialog.getByRole('button', { name: 'Move Bo Berg up' }).focus()
  await page.keyboard.press('Enter')
  await expect(order).toHaveText([/1\. Bo Berg/, /2\. Ada Diallo/, /3\. Olga Owner/])
  await order.nth(2).dragTo(order.nth(1))
  await expect(order).toHaveText([/1\. Bo Berg/, /2\. Olga Owner/, /3\. Ada Diallo/])
  await dialog.getByLabel('First hand-over on').fill('2026-01-01')
  await dialog.getByLabel('Days in a turn').fill('1')
  await expect(dialog.getByRole('region', { name: 'The next two weeks' }).getByRole('listitem')).toHaveCount(8)
  await accessible(page, 'a rota')
  await fitsAPhone(page, 'a rota')

  await dialog.getByLabel('Who instead').selectOption({ label: 'Olga Owner' })
  const local = (hours: number) => new Date(Date.now() + hours * 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  await dialog.getByRole('group', { name: 'Exceptions' }).getByLabel('From').fill(local(-2))
  await dialog.getByRole('group', { name: 'Exceptions' }).getByLabel('Until').fill(local(4))
  await dialog.getByRole('button', { name: 'Add the exception' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(legal).toContainText('Olga Owner is on call')
  await accessible(page, 'somebody on call')
  await fitsAPhone(page, 'somebody on call')
})
