import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { api } from './support/people'

test('a channel of the policy is given a place, tried, and taken off again', async ({ page, server, receiver }) => {
  await prepare(page, server, receiver)
  const { files } = await (await page.request.get(`${server.url}/api/v1/policy/draft`)).json()
  files['settings.toml'] += '\n[channels]\nduty-room = "Whoever is on duty"\n'
  const made = await api(page, server, 'post', '/policy/versions', { files, note: 'A channel' })
  expect(made.ok(), await made.text()).toBe(true)
  const { id } = await made.json()
  const live = await api(page, server, 'post', `/policy/versions/${id}/publish`, {})
  expect(live.ok(), await live.text()).toBe(true)

  await page.goto(`${server.url}/connectors`)
  const channel = page.getByRole('region', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'duty-room' })
  await expect(channel).toContainText('Whoever is on duty')
  await channel.getByLabel('Connection').selectOption({ label: 'Front desk' })
  await channel.getByLabel('Room or address').fill('#duty')
  await channel.getByRole('button', { name: 'Save' }).click()
  await expect(channel.getByRole('status')).toHaveText('Saved.')
  await accessible(page, 'a channel')
  await fitsAPhone(page, 'a channel')

  await channel.getByRole('button', { name: 'Send a test message' }).click()
  await expect(channel.getByRole('status')).toHaveText('The test message was sent.')
  expect(receiver.replies.at(-1)?.body).toMatchObject({ text: expect.stringContaining('This is a test of the channel duty-room') })
  receiver.refuses = true
  await channel.getByRole('button', { name: 'Send a test message' }).click()
  await expect(channel.getByRole('status')).not.toHaveText('The test message was sent.')
  await expect(channel.getByRole('status')).not.toBeEmpty()

  await channel.getByRole('button', { name: 'Unbind' }).click()
  await expect(channel.getByRole('button', { name: 'Send a test message' })).toHaveCount(0)
  await expect(channel.getByLabel('Room or address')).toHaveValue('')
})
