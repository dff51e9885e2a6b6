// Something that looks like the checker and the tests: enough of both to see what the pages do with what they say.
const names = (files, shape) => [...Object.values(files).join('\n').matchAll(shape)].map((match) => match[1]);

export function check(files) {
  const diagnostics = [];
  const say = (file, line, from, word, severity, code, message, help) => diagnostics.push({ file, line, column: from + 1, end_column: from + word.length + 1, severity, code, message, help });
  const teams = names({ settings: (files['settings.toml'] ?? '').split('[teams]')[1]?.split('[roles]')[0] ?? '' }, /^([\w-]+) = /gm);
  for (const [file, text] of Object.entries(files)) {
    if (!file.endsWith('.rhai')) continue;
    text.split('\n').forEach((line, index) => {
      const at = (word) => line.indexOf(word);
      if (at('author.followers') >= 0) say(file, index + 1, at('author.followers') + 7, 'followers', 'warning', 'reach', 'This decides by how many people follow somebody.', 'Everyone is owed the same, with 12 followers or 500,000.');
      if (/\.customer_sinse\b/.test(line)) say(file, index + 1, at('customer_sinse'), 'customer_sinse', 'error', 'unknown-field', 'The author has no customer_sinse.', 'Did you mean customer_since?');
      if (/\.is_shoutin\b/.test(line)) say(file, index + 1, at('is_shoutin'), 'is_shoutin', 'error', 'unknown-field', 'Text has no is_shoutin.', 'Did you mean is_shouting?');
      const team = line.match(/(?:assign_team|hold_replies)\("([^"]*)"/)?.[1];
      if (team !== undefined && !teams.includes(team)) say(file, index + 1, at(`"${team}"`), `"${team}"`, 'error', 'unknown-team', `There is no team “${team}”.`, `Did you mean ${teams[0]}?`);
    });
  }
  const rules = marks(files).map(({ rule, file, line }) => ({ id: rule, because: 'A reason', article: 'answer', file, line }));
  return { diagnostics, charter: { name: 'Northwind Air', articles: articles(files).map((id) => ({ id, party: id === 'stay-engaged' ? 'consumer' : 'company', owes: 'What we owe', within: null })) }, rules };
}

export function articles(files) {
  return names(files, /^article "([^"]+)"/gm);
}

/** Every rule with where it stands. */
export function marks(files) {
  return Object.entries(files).flatMap(([file, text]) => (file.endsWith('.rhai') ? text.split('\n').flatMap((line, index) => (line.match(/^rule "([^"]+)"/) ? [{ rule: line.match(/^rule "([^"]+)"/)[1], file, line: index + 1 }] : [])) : []));
}

export function runTests(files) {
  const cases = Object.entries(files).flatMap(([file, text]) => (file.startsWith('tests/') ? names({ text }, /^name = "(.*)"$/gm).map((name) => ({ file, name, passed: !text.includes('FAIL'), message: text.includes('FAIL') ? 'expected label “legal”, got none' : null, duration_us: 1900 + name.length * 7 })) : []));
  return { passed: cases.filter((one) => one.passed).length, failed: cases.filter((one) => !one.passed).length, cases };
}
