import { expect, prepare, test } from './support/fixtures'
import { accessible, fitsAPhone } from './support/manners'
import { sendPost } from './support/webhook'

test('every page can be used by everyone, on a phone, in light and in dark', async ({ page, server, receiver }) => {
  test.setTimeout(400_000)
  await page.goto(server.setUpLink)
  await expect(page.getByRole('heading', { name: 'Set up Comity' })).toBeVisible()
  await accessible(page, 'set-up')
  await fitsAPhone(page, 'set-up')

  const hook = await prepare(page, server, receiver)
  const text = 'Where-is-my-bag? '.repeat(4) + 'https://example.org/' + 'a-long-address/'.repeat(20)
  await sendPost(hook, { author: 'Mara Lind', text })
  await sendPost(hook, { author: 'Mara Lind', text: 'Hello? Is anybody there? I will see you in court.' })

  const pages: [string, string, RegExp][] = [
    ['inbox', '/inbox', /Mara Lind/],
    ['case', '/cases/1', /Where-is-my-bag/],
    ['policy', '/policy', /now 1/],
    ['a rule', '/policy/rules/grave-accusation', /Latest 30 days/],
    ['coverage', '/policy/coverage', /which rules tests reach/],
    ['backtests', '/policy/backtests', /None so far/],
    ['a comparison', '/policy/compare', /They are the same/],
    ['connectors', '/connectors', /Front desk/],
    ['a new connection', '/connectors/new/webhook', /Name of the connection/],
    ['escalations', '/escalations', /A lawyer looks before anyone answers/],
    ['insight', '/insight', /How cases ended/],
    ['settings', '/settings', /How you are told/],
    ['a page that is not there', '/nowhere', /This page is not here/],
  ]
  for (const [name, path, shows] of pages) {
    await test.step(name, async () => {
      await page.goto(server.url + path)
      await expect(page.getByText(shows).first()).toBeVisible()
      await accessible(page, name)
      await fitsAPhone(page, name)
    })
  }

  await test.step('connection', async () => {
    await page.goto(`${server.url}/connectors`)
    await page.getByRole('link', { name: 'Front desk' }).click()
    await expect(page.getByText('Address for the platform to send to')).toBeVisible()
    await accessible(page, 'connection')
    await fitsAPhone(page, 'connection')
  })

  await test.step('version', async () => {
    const { live } = await (await page.request.get(`${server.url}/api/v1/policy`)).json()
    await page.goto(`${server.url}/policy/versions/${live.id}`)
    await expect(page.getByRole('heading', { name: 'What happened to it' })).toBeVisible()
    await accessible(page, 'version')
    await fitsAPhone(page, 'version')
  })

  await test.step('sign-in', async () => {
    await page.context().clearCookies()
    await page.goto(`${server.url}/inbox`)
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await accessible(page, 'sign-in')
    await fitsAPhone(page, 'sign-in')
  })
})
