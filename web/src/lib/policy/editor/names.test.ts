import { expect, it } from 'vitest';
import { namesOf, withoutComments } from './names';

const settings = `contacts = ["care@example.org"]
[teams]
care = "Answers people"
"legal" = "Looks at claims"

[templates]
sorry = """
{handle} I am sorry. \\
We look into it."""
thanks = "Thank you."

[words]
charged = ["charged twice",
           "two payments"]
legal = ["lawyer*"]

[topics.baggage]
words = ["suitcase"]

[calendar]
time_zone = "Europe/Oslo"
`;

it('settings name teams, templates, word lists and topics, each where it stands', () => {
  const names = namesOf({ 'settings.toml': settings });
  expect(names.map(({ kind, name, line }) => [kind, name, line])).toEqual([
    ['team', 'care', 3],
    ['team', 'legal', 4],
    ['template', 'sorry', 7],
    ['template', 'thanks', 10],
    ['words', 'charged', 13],
    ['words', 'legal', 15],
    ['topic', 'baggage', 17]
  ]);
  expect(names.find(({ name }) => name === 'sorry')?.about).toBe('{handle} I am sorry. We look into it.');
  expect(names.find(({ name }) => name === 'care')?.about).toBe('Answers people');
});

it('scripts name articles, rules, guards, flows and labels; what stands in a comment is none', () => {
  const script = `article "answer" company owes "We answer."
    due hours(4) from consumer_post until company_reply;
// rule "old" because "No"
rule "legal" because "Counsel first" under "answer"
when event.text.contains("https://x.example") then { label("legal"); label("legal"); }
flow "counsel" because "A lawyer looks" steps { }`;
  expect(namesOf({ 'a.rhai': script })).toEqual([
    { kind: 'article', name: 'answer', about: 'We answer.', file: 'a.rhai', line: 1 },
    { kind: 'rule', name: 'legal', about: 'Counsel first', file: 'a.rhai', line: 4 },
    { kind: 'flow', name: 'counsel', about: 'A lawyer looks', file: 'a.rhai', line: 6 },
    { kind: 'label', name: 'legal', about: '', file: 'a.rhai', line: 5 }
  ]);
});

it('a text that is half written breaks nothing', () => {
  expect(namesOf({ 'settings.toml': '[teams]\ncare = "Answers', 'a.rhai': 'rule "one" because "' }).map(({ name }) => name)).toEqual(['care', 'one']);
});

it('comments become blanks, and texts with slashes stay', () => {
  expect(withoutComments('a("//x") // b\n/* c\nd */ e')).toBe('a("//x")     \n    \n     e');
});
