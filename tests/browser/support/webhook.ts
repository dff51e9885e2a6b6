import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'

/** 32 bytes, as Standard Webhooks asks for. */
export const SECRET = 'whsec_c2l4dGVlbiBieXRlcyB0d2ljZSBtYWtlIGEga2V5IQ=='

function sign(id: string, seconds: number, body: string): string {
  const key = Buffer.from(SECRET.replace('whsec_', ''), 'base64')
  return 'v1,' + createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
}

export interface IncomingPost {
  text: string
  author?: string
  at?: Date
  id?: string
  party?: 'company' | 'consumer'
  in_reply_to?: string
  visibility?: 'public' | 'private'
}

/** Posts to a connection's address as a platform would, signed. */
export async function sendPost(hook: string, post: IncomingPost): Promise<void> {
  const id = post.id ?? randomUUID()
  const author = post.author ?? 'Mara Lind'
  const handle = author.toLowerCase().replaceAll(' ', '.')
  const body = JSON.stringify({
    id,
    at: (post.at ?? new Date()).toISOString(),
    author: handle,
    author_handle: handle,
    author_name: author,
    text: post.text,
    party: post.party,
    in_reply_to: post.in_reply_to,
    visibility: post.visibility,
  })
  const seconds = Math.floor(Date.now() / 1000)
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': sign(id, seconds, body),
  }
  const answer = await fetch(hook, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}: ${await answer.text()}`)
}

/** Where replies are posted to: the other end of a webhook connection. */
export class Receiver {
  readonly replies: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = []
  /** Set, it will not have any reply. */
  refuses = false

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    if (!address || typeof address === 'string') throw new Error('the receiver has no port')
    const receiver = new Receiver(server, `http://127.0.0.1:${address.port}`)
    server.on('request', (request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        if (receiver.refuses) {
          response.writeHead(422).end('no such conversation')
          return
        }
        receiver.replies.push({ headers: request.headers, body: JSON.parse(body || '{}') })
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ id: `reply-${receiver.replies.length}` }))
      })
    })
    return receiver
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server.close(done))
  }
}
