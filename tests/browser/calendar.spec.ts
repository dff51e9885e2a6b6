import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { sendPost } from './support/webhook'

const year = new Date().getUTCFullYear() + 1
const event = (lines: string) => `BEGIN:VEVENT\r\n${lines}\r\nEND:VEVENT\r\n`
const file = [
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n',
  event(`DTSTART;VALUE=DATE:${year}0501\r\nSUMMARY:May Day`),
  event(`DTSTART;VALUE=DATE:${year}0214\r\nSUMMARY:Valentine’s Day`),
  event(`DTSTART:${year}0501T090000Z\r\nSUMMARY:A meeting`),
  'END:VCALENDAR\r\n',
].join('')

test('hours and holidays are changed without writing a script, and stand in the draft', async ({ page, server, receiver }) => {
  const hook = await prepare(page, server, receiver)
  await sendPost(hook, { author: 'Mara Lind', text: 'Where is my bag?' })
  await page.goto(`${server.url}/policy`)
  await page.getByRole('button', { name: 'Hours and holidays' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Time zone')).toHaveValue('Europe/Berlin')

  await test.step('a day gets shorter hours', async () => {
    await dialog.getByLabel('Friday, closes at').fill('15:00')
    await dialog.getByRole('button', { name: 'Add hours on Saturday' }).click()
    await expect(dialog.getByLabel('Saturday, opens at')).toHaveValue('09:00')
    await dialog.getByRole('button', { name: 'Take out Saturday, 09:00 to 17:00' }).press('Enter')
    await expect(dialog.getByLabel('Saturday, opens at')).toHaveCount(0)
  })

  await test.step('a holiday is named, and those of a file are chosen', async () => {
    await dialog.getByLabel('Day', { exact: true }).fill(`${year}-06-24`)
    await dialog.getByLabel('What it is called').fill('Midsummer')
    await dialog.getByRole('button', { name: 'Add the day' }).click()
    await expect(dialog.getByText('One day added.')).toBeVisible()
    await dialog.getByLabel('From a calendar file').setInputFiles({ name: 'days.ics', mimeType: 'text/calendar', buffer: Buffer.from(file) })
    await expect(dialog.getByText('The file lists 2 days')).toBeVisible()
    await expect(dialog.getByText('One entry with a time of day is left out.')).toBeVisible()
    await accessible(page, 'the calendar')
    await fitsAPhone(page, 'the calendar')
    await dialog.getByLabel(/Valentine/).uncheck()
    await dialog.getByRole('button', { name: 'Take one day' }).click()
    await expect(dialog.getByRole('button', { name: /^Take out .*May/ })).toBeVisible()
  })

  await test.step('what is no calendar is refused in words', async () => {
    await dialog.getByLabel('From a calendar file').setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<html></html>') })
    await expect(dialog.getByRole('alert')).toContainText('This is no iCalendar file')
  })

  await test.step('what is promised is shown with it', async () => {
    await expect(dialog.getByRole('columnheader', { name: 'With this calendar' })).toBeVisible()
    await expect(dialog.getByText(/stays? as (it was|they were) made/)).toBeVisible()
  })

  await test.step('it stands in the settings of the draft', async () => {
    await dialog.getByRole('button', { name: 'Write into the draft' }).click()
    await expect(dialog).toHaveCount(0)
    const settings = page.getByRole('textbox', { name: /^settings\.toml/ })
    await expect(settings).toBeVisible()
    const { csrf_token: csrf } = await (await page.request.get(`${server.url}/api/v1/session`)).json()
    const draft = async () => (await (await page.request.get(`${server.url}/api/v1/policy/draft`, { headers: { 'x-csrf-token': csrf } })).json()).files['settings.toml']
    await expect.poll(draft).toContain(`[calendar.holidays]\n${year}-05-01 = "May Day"\n${year}-06-24 = "Midsummer"\n`)
    expect(await draft()).toContain('{ day = "friday", from = "09:00", to = "15:00" }')
    expect(await draft()).toContain('# What some people know and others do not')
    await page.getByRole('button', { name: 'Hours and holidays' }).click()
    await expect(dialog.getByText('Midsummer')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Hours and holidays' })).toBeFocused()
  })
})
