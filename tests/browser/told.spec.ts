import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'

// No push service can be reached from here, so the browser's own part is played: what it would be given by one.
const ENDPOINT = 'https://push.example/send/1'
const KEY = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'

test('somebody chooses how they are told, and in which browsers', async ({ page, server, receiver }) => {
  await prepare(page, server, receiver)
  await page.addInitScript(
    ({ endpoint, key }) => {
      let made: unknown = null
      const subscription = {
        endpoint,
        toJSON: () => ({ endpoint, keys: { p256dh: key, auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }),
        unsubscribe: async () => ((made = null), true),
      }
      Notification.requestPermission = async () => 'granted'
      PushManager.prototype.getSubscription = async () => made as PushSubscription
      PushManager.prototype.subscribe = async () => (made = subscription) as unknown as PushSubscription
    },
    { endpoint: ENDPOINT, key: KEY },
  )
  await page.goto(`${server.url}/settings`)
  const told = page.getByRole('region', { name: 'How you are told' })

  await test.step('a way can come after the other, in a language', async () => {
    await told.getByLabel('Mail after so many minutes').fill('10')
    await told.getByLabel('In which language').selectOption({ label: 'Deutsch' })
    await told.getByRole('button', { name: 'Save' }).click()
    await expect(told.getByText('Saved.')).toBeVisible()
    await page.reload()
    await expect(told.getByLabel('Mail after so many minutes')).toHaveValue('10')
    await expect(told.getByLabel('In which language')).toHaveValue('de')
  })

  await test.step('this browser is turned on and off', async () => {
    await told.getByRole('button', { name: 'Tell me in this browser' }).click()
    await expect(told.getByText('This browser is told from now on.')).toBeVisible()
    await expect(told.getByRole('listitem')).toContainText('this one')
    expect(await page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration('/push.js')))).toBe(true)
    await accessible(page, 'settings with a browser')
    await fitsAPhone(page, 'settings with a browser')
    await told.getByRole('button', { name: /^Send a test to/ }).click()
    await expect(told.getByRole('alert')).toContainText('could not be reached')
    await told.getByRole('button', { name: /^Tell me no more in/ }).click()
    await expect(told.getByRole('listitem')).toHaveCount(0)
    await expect(told.getByRole('button', { name: 'Tell me in this browser' })).toBeVisible()
  })
})
