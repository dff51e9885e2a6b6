import { expect, type APIResponse, type Browser, type Page } from '@playwright/test'
import { OWNER } from './fixtures'
import type { Server } from './server'

/** A request in the name of whoever is signed in on a page. */
export async function api(page: Page, server: Server, method: 'post' | 'put', path: string, data: unknown): Promise<APIResponse> {
  const at = `${server.url}/api/v1`
  const { csrf_token: csrf } = await (await page.request.get(`${at}/session`)).json()
  return page.request[method](at + path, { headers: { 'x-csrf-token': csrf }, data })
}

/** Adds a person and signs them in, in a browser of their own. */
export async function signInAs(browser: Browser, owner: Page, server: Server, person: { name: string; email: string; roles: string[] }): Promise<Page> {
  const made = await api(owner, server, 'post', '/users', { ...person, password: OWNER.password })
  expect(made.status(), await made.text()).toBe(201)
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Oslo' })
  const page = await context.newPage()
  const signedIn = await page.request.post(`${server.url}/api/v1/session`, { data: { email: person.email, password: OWNER.password } })
  expect(signedIn.ok(), await signedIn.text()).toBe(true)
  return page
}
