// Three connectors with the schemas that forms are made from.
export const connectors = [
  {
    id: 'bluesky', version: '0.1.0', name: 'Bluesky', summary: 'Mentions, replies and deletions on the AT Protocol; answers in your name.', publisher: 'Comity project',
    config_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required: ['handle'], properties: { handle: { type: 'string', title: 'Handle', description: 'such as northwind.example', minLength: 3 }, service: { type: 'string', format: 'uri', title: 'Server', default: 'https://bsky.social' }, poll_seconds: { type: 'integer', title: 'Seconds between polls', minimum: 2, maximum: 600, default: 5 }, languages: { type: 'array', title: 'Languages', items: { type: 'string' } } } },
    secrets: [{ name: 'app_password', title: 'App password', help: 'made in the settings of your account, not your own password', required: true }], origins: ['the server you name'], features: ['replies', 'deletions'], capabilities: ['source', 'actions']
  },
  {
    id: 'webhook', version: '0.1.0', name: 'Webhook', summary: 'Anything that can send a signed request; replies are posted to an address.', publisher: 'Comity project',
    config_schema: { type: 'object', required: ['reply_url'], properties: { reply_url: { type: 'string', format: 'uri', title: 'Address for replies' }, mapping: { type: 'object', title: 'Where the fields are', properties: { text: { type: 'string', title: 'Text', default: '/text' }, author: { type: 'string', title: 'Author', default: '/author' } }, required: ['text'] }, mode: { title: 'Order', enum: ['as sent', 'by time'], default: 'as sent' }, trust: { type: 'boolean', title: 'Trust the times of the platform', default: true } } },
    secrets: [{ name: 'signing_key', title: 'Signing key', help: 'whsec_…', required: true }], origins: ['the address for replies'], features: [], capabilities: ['webhook', 'actions']
  },
  { id: 'archive', version: '0.1.0', name: 'Archive', summary: 'Files of posts, for history and trials; reading only.', publisher: 'Comity project', config_schema: { type: 'object', properties: {} }, secrets: [], origins: [], features: [], capabilities: ['source'] }
];
