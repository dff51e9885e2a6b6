//! `[quotas]` of the settings: at most so many of an effect, or of one rule's effects, in a while.
//!
//! Reading them is [`comity_domain::quota`]'s, and so is holding to them; here it is looked at whether they can mean
//! anything.

use crate::{
    Diagnostic,
    bundle::SETTINGS,
    check::{names::Names, suggest},
};
use comity_domain::quota::{Limited, Quotas};

pub(crate) fn check(quotas: &Quotas, text: &str, names: &Names, found: &mut Vec<Diagnostic>) {
    for of in quotas.0.keys() {
        let Limited::Rule(rule) = of else { continue };
        if names.rules.contains(rule) {
            continue;
        }
        let known: Vec<&str> = names.rules.iter().map(String::as_str).collect();
        let message = format!("A quota is set for the rule \u{201c}{rule}\u{201d}, and there is no such rule.");
        let help = suggest::help(rule, &known).unwrap_or_else(|| "Leave it out, or write the rule.".to_owned());
        found.push(Diagnostic::error(SETTINGS, line_of(text, rule), 1, "unknown-rule", message).help(help));
    }
}

/// The line on which the quota of a rule stands; TOML values do not keep their places.
fn line_of(text: &str, rule: &str) -> u32 {
    let named = format!("rule:{rule}");
    text.lines().position(|line| line.contains(&named)).map_or(1, |index| index as u32 + 1)
}

#[cfg(test)]
mod tests {
    use crate::{Bundle, Policy, check};
    use comity_domain::quota::{Limited, Per, Quota};

    fn bundle(quotas: &str) -> Bundle {
        let settings = format!(
            "[teams]\ncare = \"Answers\"\n\n[calendar]\ntime_zone = \"UTC\"\nopen = [{{ day = \"monday\", from = \"09:00\", to = \"17:00\" }}]\n\n[quotas]\n{quotas}\n"
        );
        let script = "charter \"C\";\narticle \"a\" company owes \"An answer.\" due hours(4) from consumer_post until company_reply;\n\
                      rule \"thanks\" because \"It is kind\" under \"a\" when event.is_consumer_post then { label(\"x\"); }";
        Bundle::new([("settings.toml", settings.as_str()), ("rules.rhai", script)])
    }

    #[test]
    fn quotas_are_read_from_the_settings() {
        let policy = Policy::compile(&bundle(
            "label = { most = 200, per = \"hour\" }\n\"rule:thanks\" = { most = 1, per = \"day\" }",
        ));
        let quotas = &policy.map_err(|found| format!("{found:?}")).unwrap().settings.quotas.0;
        assert_eq!(quotas[&Limited::Effect("label".into())], Quota { most: 200, per: Per::Hour });
        assert_eq!(quotas[&Limited::Rule("thanks".into())], Quota { most: 1, per: Per::Day });
    }

    #[test]
    fn a_quota_that_means_nothing_is_an_error_at_its_place() {
        let table = [
            ("\"rule:thank\" = { most = 1, per = \"day\" }", "there is no such rule", "thanks"),
            ("labels = { most = 1, per = \"day\" }", "there is no effect “labels”", ""),
            ("label = { most = 1, per = \"week\" }", "week", ""),
            ("label = { most = -1, per = \"day\" }", "-1", ""),
            ("label = { most = 1, per = \"day\", at = 1 }", "There is no setting “at”", ""),
        ];
        for (quota, message, help) in table {
            let found = check(&bundle(quota));
            let error = found.iter().find(|one| one.is_error()).unwrap_or_else(|| panic!("{quota} passes: {found:?}"));
            assert_eq!((error.file.as_str(), error.line), ("settings.toml", 9), "{error}");
            assert!(error.message.contains(message), "{error}");
            assert!(error.help.as_deref().unwrap_or_default().contains(help), "{error}");
        }
    }
}
