import { test as base, expect, type Page } from '@playwright/test'
import { Server } from './server'
import { Receiver, SECRET } from './webhook'

export const OWNER = { name: 'Olga Owner', email: 'owner@northwind.test', password: 'four words that hold' }

interface Fixtures {
  server: Server
  receiver: Receiver
}

/** Every test gets a server of its own with nothing in it, and a place where replies are sent to. */
export const test = base.extend<Fixtures>({
  server: async ({}, use, info) => {
    const server = await Server.start()
    await use(server)
    await server.stop()
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: server.log })
  },
  receiver: async ({}, use) => {
    const receiver = await Receiver.start()
    await use(receiver)
    await receiver.stop()
  },
})

export { expect }

/** From the printed link to signed in, through the page. */
export async function setUp(page: Page, server: Server): Promise<void> {
  await page.goto(server.setUpLink)
  await page.getByLabel('Name of the organization').fill('Northwind Air')
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('Your e-mail address').fill(OWNER.email)
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await expect(page).toHaveURL(/\/connectors$/)
}

/** Adds a webhook connection through the page; gives back the address that a platform would send to. */
export async function connectWebhook(page: Page, receiver: Receiver): Promise<string> {
  await page.getByRole('link', { name: 'Connect Webhook' }).click()
  await expect(page.getByRole('heading', { name: 'Connect Webhook' })).toBeVisible()
  await page.getByLabel('Name of the connection').fill('Front desk')
  await page.getByLabel(/^Reply address/).fill(`${receiver.url}/replies`)
  await page.getByLabel(/^Signing secret/).fill(SECRET)
  await page.getByText('More', { exact: true }).click()
  await page.getByLabel(/^Private networks it may reach/).fill('127.0.0.0/8')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByText('Address for the platform to send to')).toBeVisible()
  return (await page.getByText(/\/hooks\/[0-9a-f-]{36}/).first().textContent()) ?? ''
}

/** The same two steps without looking at the pages, for tests about something else. */
export async function prepare(page: Page, server: Server, receiver: Receiver): Promise<string> {
  const api = page.request
  const token = new URL(server.setUpLink).searchParams.get('token')
  const made = await api.post(`${server.url}/api/v1/setup`, {
    data: { token, organization: 'Northwind Air', ...OWNER },
  })
  expect(made.status(), await made.text()).toBe(201)
  const { csrf_token: csrf } = await made.json()
  const connected = await api.post(`${server.url}/api/v1/connections`, {
    headers: { 'x-csrf-token': csrf },
    data: {
      connector: 'webhook',
      name: 'Front desk',
      config: { reply_url: `${receiver.url}/replies` },
      private_networks: ['127.0.0.0/8'],
      secrets: { signing_secret: SECRET },
    },
  })
  expect(connected.ok(), await connected.text()).toBe(true)
  return `${server.url}/hooks/${(await connected.json()).id}`
}
