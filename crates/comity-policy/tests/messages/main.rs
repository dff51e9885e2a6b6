//! What the checker says of mistakes that people make, word for word: a corpus of wrong bundles, at least one per message.
//!
//! Each snapshot holds bundles and, behind `=>`, what is said of them. The web's tests read the same snapshots and ask the
//! checker of the browser, so a snapshot says everything about a bundle that is not in `tests/support`.

mod conditions;
mod corpus;
mod effects;
mod files;
mod language;
mod names;

#[path = "../support/mod.rs"]
mod support;

use comity_policy::{Bundle, Diagnostic, Limits, check, diagnostic::CODES};
use corpus::{Entry, shown};
use std::collections::BTreeSet;

/// Every table, by the name of its snapshot.
fn corpus() -> Vec<(&'static str, Vec<Entry>)> {
    vec![
        ("names", names::names()),
        ("names_in_settings", names::in_settings()),
        ("kinds", language::kinds()),
        ("places", language::places()),
        ("statements", language::statements()),
        ("functions_of_scripts", language::functions_of_scripts()),
        ("conditions_that_never_hold", conditions::never()),
        ("conditions_that_say_too_much", conditions::too_much()),
        ("conditions_that_are_fine", conditions::fine()),
        ("deciding_by_reach", conditions::reach()),
        ("effects_that_never_happen", effects::never()),
        ("guards_that_stop_templates", effects::guards()),
        ("promises_that_nothing_serves", effects::promises()),
        ("settings_and_tests", files::settings_and_tests()),
        ("hidden_characters", files::hidden()),
        ("texts_in_other_languages", files::languages()),
    ]
}

#[test]
fn messages_are_as_recorded() {
    for (name, entries) in corpus() {
        let text: Vec<String> = entries.iter().map(ToString::to_string).collect();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, text.join("\n"));
        });
    }
}

#[test]
fn what_is_fine_is_not_complained_about() {
    for entry in conditions::fine() {
        assert_eq!(shown(&check(&entry.bundle())), "", "{entry}");
    }
}

#[test]
fn every_code_has_an_entry() {
    let entries = corpus().into_iter().flat_map(|(_, entries)| entries).map(|entry| check(&entry.bundle()));
    let said: BTreeSet<String> =
        entries.chain(too_large()).flatten().map(|diagnostic: Diagnostic| diagnostic.code).collect();
    let missing: Vec<&&str> = CODES.iter().filter(|code| !said.contains(**code)).collect();
    assert!(missing.is_empty(), "no bundle of the corpus is told {missing:?}");
}

/// What is said of bundles that are too large for a snapshot.
fn too_large() -> Vec<Vec<Diagnostic>> {
    let Limits { file_bytes, files, bundle_bytes, rules, names, line_bytes, .. } = Limits::default();
    let with = |path: &str, text: String| {
        let mut bundle = support::bundle("");
        bundle.files.insert(path.to_owned(), text);
        check(&bundle)
    };
    let of_names: Vec<String> = (0..=names).map(|n| format!("t{n} = \"Hello\"\n")).collect();
    let of_names = of_names.concat();
    let rule = |n| format!("rule \"r{n}\" because \"b\" when event.text.asks then {{ ask(\"?\"); }}\n");
    let many = (0..=files).map(|n| (format!("f{n}.rhai"), String::new()));
    vec![
        with("big.rhai", "\n".repeat(file_bytes + 1)),
        with("long.rhai", format!("// {}", "x".repeat(line_bytes))),
        with("settings.toml", support::SETTINGS.replacen("sorry =", &format!("{of_names}sorry ="), 1)),
        check(&Bundle::new(many)),
        check(&Bundle::new((0..3).map(|n| (format!("f{n}.rhai"), "\n".repeat(bundle_bytes / 2))))),
        with("rules.rhai", (0..=rules).map(rule).collect::<Vec<_>>().concat()),
        with("rules.rhai", "rule \"r\" because \"Why\" when evnt.text then { label(x); }\n".repeat(400)),
    ]
}

#[test]
fn what_is_too_large_is_said_at_once() {
    let is_about_size = |found: &Diagnostic| ["more", "too-large"].contains(&found.code.as_str());
    let about_size = |found: Vec<Diagnostic>| found.into_iter().filter(is_about_size).collect::<Vec<_>>();
    let said: Vec<String> = too_large().into_iter().map(|found| shown(&about_size(found))).collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("what_is_too_large", said.join("\n"));
    });
}

#[test]
fn a_flood_of_messages_ends() {
    let most = Limits::default().diagnostics;
    let found = check(&support::bundle(&"rule \"r\" because \"Why\" when evnt.text then { label(x); }\n".repeat(400)));
    assert_eq!(found.len(), most + 1);
    assert!(found.iter().any(|diagnostic| diagnostic.code == "more" && diagnostic.is_error()));
}

#[test]
fn places_lie_in_the_text() {
    for (_, entries) in corpus() {
        for entry in entries {
            let bundle = entry.bundle();
            for found in check(&bundle) {
                let text = bundle.files.get(&found.file).map_or("", String::as_str);
                let line = text.lines().nth(found.line as usize - 1).unwrap_or_default();
                let length = line.chars().count() as u32;
                assert!(found.column <= length + 1, "{found:?}\n{entry}");
                let is_in_line = |end| found.column < end && end <= length.max(1) + 1;
                assert!(found.end_column.is_none_or(is_in_line), "{found:?}\n{entry}");
            }
        }
    }
}
