import type { Page } from '@playwright/test'
import { expect, prepare, test } from './support/fixtures'
import { api, signInAs } from './support/people'
import { sendPost } from './support/webhook'

const RULE = 'rule "loud" because "Shouting is answered calmly" under "courtesy"\nwhen event.is_consumer_post && event.text.'
const THEN = '\nthen { label("loud"); }'

const steps = (page: Page) => page.getByRole('list', { name: 'Publishing' })
const script = (page: Page) => page.getByRole('textbox', { name: /^engagement\.rhai, script/ })

async function openScript(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/policy`)
  await page.getByRole('navigation', { name: 'Files of the policy' }).getByRole('button', { name: 'engagement.rhai' }).click()
  await expect(script(page)).toBeVisible()
}

/** Types at the end of the script. Escape closes what completion offers, so that a new line is a new line. */
async function write(page: Page, text: string): Promise<void> {
  await script(page).press('Control+End')
  for (const [index, line] of text.split('\n').entries()) {
    if (index) await script(page).press('Enter')
    if (line) await script(page).pressSequentially(line)
    await script(page).press('Escape')
  }
}

test('a policy is edited, put right with a key, tested, proposed and made live', async ({ page, server, receiver }) => {
  await prepare(page, server, receiver)
  await openScript(page, server.url)

  await test.step('a mistake is shown where it is, and Alt+. puts it right', async () => {
    await write(page, `\n${RULE}is_shoutin${THEN}`)
    await expect(steps(page)).toContainText('1 error')
    await expect(page.getByRole('button', { name: /^engagement\.rhai, line \d+$/ }).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Ask for approval' })).toHaveAttribute('aria-disabled', 'true')
    await script(page).press('ArrowUp')
    await script(page).press('Alt+.')
    await expect(steps(page)).not.toContainText('error')
    await expect(script(page)).toContainText('is_shouting')
  })

  await test.step('its tests run', async () => {
    await script(page).press('Control+Enter')
    await expect(page.getByText(/^(\d+) of \1 pass$/)).toBeVisible()
  })

  await test.step('completion offers what the place takes, and is taken with Enter', async () => {
    await script(page).press('Control+End')
    await script(page).press('Enter')
    await script(page).pressSequentially('rule "x" because "y"')
    await script(page).press('Enter')
    await script(page).pressSequentially('when event.is_pub')
    // Once it stands still, Enter takes it; before, Enter is a new line.
    await page.getByRole('option', { name: /^is_public/ }).click({ trial: true })
    await script(page).press('Enter')
    // Lines follow each other without a break in the text of the page.
    await expect(script(page)).toContainText('"y"when event.is_public')
    for (const key of ['Shift+ArrowUp', 'Shift+Home', 'Backspace', 'Backspace']) await script(page).press(key)
    await expect(script(page)).not.toContainText('because "y"')
    await expect(steps(page)).not.toContainText('error')
  })

  await test.step('proposed, it decides nothing; made live, it decides', async () => {
    await page.getByRole('button', { name: 'Ask for approval' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What changed, and why').fill('Shouting is labelled')
    await dialog.getByRole('button', { name: 'Ask for approval' }).click()
    await expect(page.getByText('Version 2 is proposed.')).toBeVisible()
    await expect(steps(page)).toContainText('now 1')
    // Nobody else is there who could approve it.
    await page.getByRole('button', { name: 'Make version 2 live' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make live' }).click()
    await expect(page.getByText('Version 2 is live.')).toBeVisible()
    await expect(steps(page)).toContainText('now 2')
  })

  await test.step('the two versions side by side, and as a list', async () => {
    await page.goto(`${server.url}/policy/compare?from=live&to=draft`)
    await expect(page.getByText('They are the same.')).toBeVisible()
    await page.getByLabel('From').selectOption({ index: 3 })
    const diff = page.getByRole('region', { name: /engagement\.rhai$/ })
    await diff.getByRole('button', { name: 'Next change' }).click()
    await expect(diff.getByRole('status')).toHaveText(/^change 1 of \d+$/)
    await diff.getByText('The changes as a list').click()
    await expect(diff.locator('ins')).toContainText(['rule "loud"'])
  })

  await test.step('an older version is live again with a reason', async () => {
    await page.goto(`${server.url}/policy`)
    await page.getByRole('button', { name: 'Make version 1 live again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('It labelled too much')
    await dialog.getByRole('button', { name: 'Make live again' }).click()
    await expect(page.getByText('Version 1 is live again.')).toBeVisible()
    await expect(steps(page)).toContainText('now 1')
  })
})

test('the draft is tried on what came in, beside a pinned case', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Mara Lind', text: 'MY BAG HAS NOT ARRIVED. WHERE IS IT?' })
  await openScript(page, server.url)
  const pane = page.getByRole('region', { name: /^If this were live/ })
  const pinned = page.getByRole('region', { name: /^Pinned case/ })

  await test.step('what would be different is said once writing pauses', async () => {
    await write(page, `\n${RULE}is_shouting${THEN}`)
    await expect(pane.getByRole('status').filter({ hasText: /If this were live: [1-9]\d* decisions would be different\. \+\d/ })).toHaveCount(1)
    await expect(pane.getByRole('list', { name: 'More and fewer, by effect' }).getByRole('listitem').first()).toContainText(/\d more/)
  })

  await test.step('beside each rule stands what it came to, and why not', async () => {
    await pinned.getByRole('button', { name: 'Pin a case' }).click()
    await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click()
    await expect(pinned.getByText('What the rules came to')).toBeVisible()
    await expect(page.getByText('Why not?').first()).toBeVisible()
  })

  await test.step('the clock moves by keyboard', async () => {
    const clock = pinned.getByRole('slider', { name: /Move the clock/ })
    const before = await clock.getAttribute('aria-valuetext')
    await clock.press('PageUp')
    await expect(clock).not.toHaveAttribute('aria-valuetext', before ?? '')
    await pinned.getByRole('button', { name: 'Back to now' }).click()
    await expect(pinned.getByRole('button', { name: 'Back to now' })).toHaveCount(0)
  })

  await test.step('the case becomes a test in the draft', async () => {
    await pinned.getByRole('button', { name: 'Save this case as a test' }).click()
    await expect(page.getByText(/is in the draft\. Read it/)).toBeVisible()
    await expect(page.getByRole('textbox', { name: /^tests\/case-.*, script/ })).toContainText('[[test]]')
  })

  await test.step('a backtest leaves a report that is still there after a reload', async () => {
    await page.getByLabel('Which events').selectOption('all there are')
    const started = page.waitForResponse((answer) => answer.url().endsWith('/policy/backtests') && answer.request().method() === 'POST')
    await page.getByRole('button', { name: 'Start a backtest' }).click()
    expect((await started).ok()).toBe(true)
    await page.reload()
    const report = page.getByRole('region', { name: /^Backtest/ }).getByRole('link', { name: /^Report of this draft/ })
    await expect(report).toBeVisible({ timeout: 30_000 })
    await report.click()
    await expect(page.getByRole('heading', { name: 'The result' })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'By rule' })).toBeVisible()
  })
})

test('four eyes: a version waits for somebody else, and what broke the glass waits for a review', async ({ page, server, receiver, browser }) => {
  await prepare(page, server, receiver)
  const approver = await signInAs(browser, page, server, { name: 'Amara Approver', email: 'approver@northwind.test', roles: ['approver'] })
  await openScript(page, server.url)
  await write(page, '\n// Read by two.')
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.getByLabel('What changed, and why').fill('A note')
  await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click()
  const number = /Read version (\d+)/
  const name = (await page.getByRole('link', { name: number }).first().textContent()) ?? ''
  await page.getByRole('link', { name }).first().click()

  await test.step('the author sees why not', async () => {
    await expect(page.getByRole('button', { name: 'Approve' })).toHaveAttribute('aria-disabled', 'true')
    await expect(page.getByRole('button', { name: 'Make live', exact: true })).toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('the approver reads the report and approves it', async () => {
    await approver.goto(`${server.url}/policy`)
    await approver.getByText(/waits for your approval/).waitFor()
    await approver.getByRole('link', { name }).first().click()
    await expect(approver.getByRole('heading', { name: 'What it changes' })).toBeVisible()
    await expect(approver.getByRole('link', { name: 'engagement.rhai' })).toBeVisible()
    await approver.getByLabel('What you looked at').fill('The one line that came')
    await approver.getByRole('button', { name: 'Approve' }).click()
    await expect(approver.getByText(/^Approved by /)).toBeVisible()
  })

  await test.step('it runs in shadow, and goes live', async () => {
    await expect(page.getByText(/^Approved by /)).toBeVisible()
    await page.getByRole('button', { name: 'Run in shadow' }).click()
    await expect(page.getByRole('heading', { name: /^Beside what is live/ })).toBeVisible()
    await page.getByRole('button', { name: 'Make live', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make live' }).click()
    await expect(page.getByText(/Version \d+ is live\./)).toBeVisible()
  })

  await test.step('without approval it is loud, until somebody else has looked', async () => {
    await openScript(page, server.url)
    await write(page, '\n// In a hurry.')
    await page.getByRole('button', { name: 'Ask for approval' }).click()
    await page.getByLabel('What changed, and why').fill('It cannot wait')
    await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click()
    await page.getByRole('link', { name: number }).first().click()
    await page.getByRole('button', { name: 'Break the glass' }).click()
    await page.getByLabel('Why it cannot wait').fill('Card numbers leave the house')
    await page.getByRole('button', { name: 'Make live without approval' }).click()
    const banner = (who: Page) => who.getByRole('alert').filter({ hasText: 'went live without approval' })
    await expect(banner(page)).toContainText('Card numbers leave the house')
    await expect(banner(page).getByRole('button', { name: 'Review it' })).toHaveAttribute('aria-disabled', 'true')
    await banner(approver).getByRole('button', { name: 'Review it' }).click()
    await approver.getByLabel('What you found').fill('It was right')
    await approver.getByRole('dialog').getByRole('button', { name: 'Review it' }).click()
    await expect(banner(approver)).toHaveCount(0)
    await expect(banner(page)).toHaveCount(0)
  })
})

test('two people at one draft lose nothing', async ({ page, server, receiver, browser }) => {
  await prepare(page, server, receiver)
  const other = await signInAs(browser, page, server, { name: 'Otto Owner', email: 'policy_owner@northwind.test', roles: ['policy_owner'] })
  await openScript(page, server.url)
  await write(page, '\n// Mine.')
  await expect(page.getByText('saved just now')).toBeVisible()

  await test.step('a newer draft is announced and replaces nothing', async () => {
    const { draft } = await (await other.request.get(`${server.url}/api/v1/policy`)).json()
    const files = { ...draft.files, 'engagement.rhai': `${draft.files['engagement.rhai']}\n// Theirs.` }
    const saved = await api(other, server, 'put', '/policy/draft', { files, base_revision: draft.revision })
    expect(saved.ok(), await saved.text()).toBe(true)
    await expect(page.getByText(/saved a newer draft/)).toBeVisible()
    await expect(script(page)).not.toContainText('// Theirs.')
  })

  await test.step('what is written then waits for a choice, and both can be put together', async () => {
    await write(page, '\n// And more.')
    await expect(page.getByText(/saved the draft meanwhile/)).toBeVisible()
    await page.getByRole('button', { name: 'Show what differs' }).click()
    const right = page.getByRole('textbox', { name: /^engagement\.rhai, mine, after/ })
    await right.press('Control+End')
    await right.press('Enter')
    await right.pressSequentially('// Theirs.')
    await page.getByRole('button', { name: 'Keep what is on the right' }).click()
    await expect(page.getByText('saved just now')).toBeVisible()
    const { draft } = await (await page.request.get(`${server.url}/api/v1/policy`)).json()
    for (const text of ['// Mine.', '// And more.', '// Theirs.']) expect(draft.files['engagement.rhai']).toContain(text)
  })
})
