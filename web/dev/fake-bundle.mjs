// The made-up organization's policy: small, in the real language, with something of everything that the studio shows.
export const bundle = {
  'charter.rhai': `// What we owe each other.
charter "Northwind Air and the people who fly with us";

article "answer" company owes "We answer within four working hours."
    due working_hours(4) from consumer_post until company_reply;

article "repair" company owes "What went wrong through us, we put right within two working days."
    due working_days(2) from rule until rule;

article "privacy" company owes "We never discuss your booking or payments in public.";

article "same-for-all" company owes "Everyone is owed the same, with twelve followers or half a million.";

article "stay-engaged" consumer owes "You tell us within seven days whether our proposal helps."
    due days(7) from company_question until consumer_post;
`,
  'engagement.rhai': `// engagement.rhai: what we do when something happens

rule "legal-claim" because "Legal claims need counsel" under "answer"
when event.text.mentions(words("legal")) && !author.is_staff
then {
    label("legal");
    hold_replies("counsel");
    escalate("counsel");
}

rule "charged-twice" because "Money first, words second" under "repair"
when event.text.mentions(words("double-charge")) && author.customer_since < now
then {
    start_obligation("repair");
    assign_team("payments");
    draft_reply("sorry-and-look");
}

rule "loud-first" because "A busy post is seen by many" under "answer"
when event.is_public && author.followers > 10_000
then {
    priority("high");
}

rule "rant-and-run" because "We asked twice and heard nothing" under "stay-engaged"
when event.is_breach_of("stay-engaged")
    && case.company_replies >= 2
then {
    draft_reply("last-word");
    close("abandoned");
}
`,
  'escalation.rhai': `flow "counsel" because "A lawyer looks before anyone answers" steps {
    notify(team("counsel"));
    unless_acknowledged(minutes(15));
    notify(role("general-counsel"));
    repeat(2);
}
`,
  'replies.rhai': `guard "no-account-facts" because "Account facts are private" under "privacy"
when reply.is_public && reply.text.has_private_data
then { stop("Move this to a private channel."); }
`,
  'settings.toml': `# The names that the rules use.
contacts = ["care@northwind.example"]

[teams]
care = "Answers people and follows up until it is solved"
payments = "Looks into charges and refunds"
counsel = "Looks at accusations and legal claims before anyone answers"

[roles]
general-counsel = "Decides for the legal team"

[templates]
sorry-and-look = """
{handle} I am sorry, this should not have happened. We are looking into it now."""
last-word = """
{handle} We have not heard back and rest this here. Whenever you like, answer and we carry on."""
thanks = "{handle} Thank you, that makes our day."

[words]
legal = ["lawyer*", "solicitor*", "court", "fraud*", "patent*"]
double-charge = ["charged twice", "two payments",
                 "double charge*"]

[calendar]
time_zone = "Europe/Oslo"
`,
  'tests/legal.toml': `[[test]]
name = "A legal word from our own staff is not escalated"
author = { handle = "press", is_staff = true }
[test.given]
event = { text = "We won in court.", names_us = true }
[test.expect]
not_fired = ["legal-claim"]
`,
  'tests/reach.toml': `[[test]]
name = "Twelve followers, same deadline as 500,000"
author = { handle = "mira" }

[[test.step]]
at = "2026-03-02 10:00"
consumer = "Where is my bag?"
expect.obligations = [{ article = "answer", state = "running", due = "2026-03-02 14:00" }]
`
};

const word = (name, on, gives, place, help) => ({ name, on, gives, place, help });

export const vocabulary = [
  word('kind', 'the event', 'a kind of event', 'anywhere', 'What happened: a post, an edit, a breach …'),
  word('text', 'the event', 'text', 'anywhere', 'What was written.'),
  word('lang', 'the event', 'text', 'anywhere', 'The language it is written in.'),
  word('is_public', 'the event', 'yes or no', 'anywhere', 'Whether everybody can read it.'),
  word('names_us', 'the event', 'yes or no', 'anywhere', 'Whether we are named in it.'),
  word('is_consumer_post', 'the event', 'yes or no', 'anywhere', 'A person wrote to us or about us.'),
  word('is_breach_of', 'the event', 'yes or no', 'anywhere', 'event.is_breach_of("answer")'),
  word('labels', 'the case', 'a set of names', 'anywhere', 'What the case is labelled with.'),
  word('company_replies', 'the case', 'a number', 'anywhere', 'How often we have answered.'),
  word('opened_at', 'the case', 'a time', 'anywhere', 'When the first post came.'),
  word('is_staff', 'the author', 'yes or no', 'anywhere', 'Whether it is one of us.'),
  word('is_customer', 'the author', 'yes or no', 'anywhere', 'Whether it is a customer; may be unknown.'),
  word('customer_since', 'the author', 'a time', 'anywhere', 'Since when; may be unknown.'),
  word('followers', 'the author', 'a number', 'anywhere', 'How many follow them. Everyone is owed the same.'),
  word('running', 'the charter', 'a set of articles', 'anywhere', 'Articles whose clocks run in this case.'),
  word('breached', 'the charter', 'a set of articles', 'anywhere', 'Articles that were missed in this case.'),
  word('posts_last_hour', 'the surge', 'a number', 'anywhere', 'How many posts came in the last hour.'),
  word('text', 'the reply', 'text', 'anywhere', 'What is to be sent.'),
  word('is_public', 'the reply', 'yes or no', 'anywhere', 'Whether everybody could read it.'),
  word('has_private_data', 'text', 'yes or no', 'anywhere', 'Mail, phone, card, bank account, order number or amount.'),
  word('is_shouting', 'text', 'yes or no', 'anywhere', 'Mostly capitals, or a row of exclamation marks.'),
  word('asks', 'text', 'yes or no', 'anywhere', 'Whether it asks something.'),
  word('mentions', 'text', 'yes or no', 'anywhere', 'event.text.mentions(words("legal"))'),
  word('contains', 'a set of names', 'yes or no', 'anywhere', 'case.labels.contains("legal")'),
  word('words', null, 'a word list', 'anywhere', 'words("legal")'),
  word('hours', null, 'a length of time', 'anywhere', 'hours(4)'),
  word('label', null, 'nothing', 'rule', 'label("legal");'),
  word('priority', null, 'nothing', 'rule', 'priority("high");'),
  word('assign_team', null, 'nothing', 'rule', 'assign_team("care");'),
  word('start_obligation', null, 'nothing', 'rule', 'start_obligation("put-right");'),
  word('draft_reply', null, 'nothing', 'rule', 'draft_reply("sorry");'),
  word('hold_replies', null, 'nothing', 'rule', 'hold_replies("legal");'),
  word('escalate', null, 'nothing', 'rule', 'escalate("counsel");'),
  word('close', null, 'nothing', 'rule', 'close("solved");'),
  word('stop', null, 'nothing', 'guard', 'stop("Move this to a private channel.");'),
  word('warn', null, 'nothing', 'guard', 'warn("Say it without blame.");'),
  word('notify', null, 'nothing', 'flow', 'notify(team("legal"));'),
  word('team', null, 'somebody to notify', 'flow', 'notify(team("legal"));'),
  word('role', null, 'somebody to notify', 'flow', 'notify(role("general-counsel"));')
];
