// A small bundle, something that looks like its checker, and two connectors with the schemas that forms are made from.
export const bundle = {
  'charter.rhai': 'charter "Northwind Air";\n\narticle "answer" {\n    party: company,\n    owes: "Answer within four working hours",\n    within: hours(4).working(),\n}\n',
  'engagement.rhai': '// engagement.rhai: what we do when something happens\n\nrule "legal-claim" because "Legal claims need counsel" under "answer"\nwhen event.text.mentions(words("legal")) && !author.is_staff\nthen {\n    label("legal");\n    hold_replies("counsel");\n    escalate("counsel");\n}\n\nrule "loud-first" because "A busy post is seen by many" under "answer"\nwhen event.is_public && author.followers > 10_000\nthen {\n    priority("high");\n}\n',
  'tests/legal.toml': '[[case]]\nname = "A legal word from our own staff is not escalated"\n',
  'templates/thanks.txt': 'Thank you. We have passed it on to the team.\n'
};

export function check(files) {
  const diagnostics = [];
  for (const [file, text] of Object.entries(files)) {
    text.split('\n').forEach((line, index) => {
      const reach = line.indexOf('author.followers');
      if (reach >= 0) diagnostics.push({ file, line: index + 1, column: reach + 1, end_column: reach + 17, severity: 'warning', code: 'decides-by-reach', message: 'This rule decides by reach.', help: 'Take the term out, or give a reason: it will be shown in the sameness report.' });
      const wrong = line.indexOf('customer_sinse');
      if (wrong >= 0) diagnostics.push({ file, line: index + 1, column: wrong + 1, end_column: wrong + 15, severity: 'error', code: 'unknown-name', message: 'An author has no “customer_sinse”.', help: 'Did you mean customer_since?' });
    });
  }
  return { diagnostics, charter: { name: 'Northwind Air', articles: [{ id: 'answer', party: 'company', owes: 'Answer within four working hours', within: '4 working hours' }] }, rules: [{ id: 'legal-claim', because: 'Legal claims need counsel', article: 'answer', file: 'engagement.rhai', line: 3 }] };
}

export function runTests(files) {
  const fails = Object.values(files).some((text) => text.includes('FAIL'));
  const cases = [
    { file: 'tests/legal.toml', name: 'A legal word from our own staff is not escalated', passed: true, message: null, duration_us: 2100 },
    { file: 'tests/legal.toml', name: 'Twelve followers, same deadline as 500,000', passed: !fails, message: fails ? 'expected label “legal”, got none' : null, duration_us: 1900 }
  ];
  return { passed: cases.filter((one) => one.passed).length, failed: cases.filter((one) => !one.passed).length, cases };
}

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
