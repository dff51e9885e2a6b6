import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// A first start compiles the connectors, which a busy machine takes its time for.
const START = 90_000

/** The real program on a free port, with an empty data folder that goes when it goes. */
export class Server {
  private output = ''

  private constructor(
    private readonly child: ChildProcess,
    private readonly data: string,
    readonly url: string,
  ) {
    const keep = (chunk: Buffer) => (this.output += chunk.toString())
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
  }

  static async start(): Promise<Server> {
    const program = process.env.COMITY_BIN ?? resolve(import.meta.dirname, '../../../target/debug/comity')
    const data = mkdtempSync(join(tmpdir(), 'comity-browser-'))
    // What comes late may be announced as late at once: nothing more is on its way here.
    writeFileSync(join(data, 'comity.toml'), '[decide]\nsettle_seconds = 1\n')
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const child = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], {
      env: { ...process.env, COMITY_PUBLIC_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = new Server(child, data, url)
    await server.ready()
    return server
  }

  /** What it printed so far. */
  get log(): string {
    return this.output
  }

  /** The one-time link that makes the first owner. */
  get setUpLink(): string {
    const link = this.output.match(/https?:\/\/\S*\/setup\S*/)?.[0]
    if (!link) throw new Error(`no set-up link was printed:\n${this.output}`)
    return link
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done))
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM')
      const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(late)
    }
    rmSync(this.data, { recursive: true, force: true })
  }

  private async ready(): Promise<void> {
    const end = Date.now() + START
    while (Date.now() < end) {
      if (this.child.exitCode !== null) throw new Error(`the server ended with ${this.child.exitCode}:\n${this.output}`)
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null)
      if (answer?.ok) return
      await new Promise((done) => setTimeout(done, 25))
    }
    throw new Error(`the server was not ready in time:\n${this.output}`)
  }
}

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))))
    })
  })
}
