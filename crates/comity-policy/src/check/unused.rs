//! Names in the settings that nothing uses: nobody is wronged by them, and somebody reads past them every time.

use super::{names::Names, settings::place, types::Type};
use crate::{Diagnostic, bundle::SETTINGS, settings::Settings};

pub(super) fn check(settings: &Settings, text: &str, names: &Names, found: &mut Vec<Diagnostic>) {
    if let Some(team) = &settings.fallback.team {
        names.note(Type::Team, team);
    }
    let kinds = [
        (Type::Team, "teams", "team", "No rule, flow or fallback names it; people can still give cases to it."),
        (Type::Role, "roles", "role", "Tell it something in a flow, or take it out."),
        (Type::Channel, "channels", "channel", "Tell it something in a flow, or take it out."),
        (Type::Template, "templates", "template", "No rule drafts or sends it; people can still choose it."),
        (Type::Brief, "briefs", "brief", "Show it with show_brief(\"…\") in a rule, or take it out."),
        (Type::Skill, "skills", "skill", "Ask for it with require_skill(\"…\") in a rule, or take it out."),
        (Type::WordList, "words", "word list", "Ask for it with words(\"…\"), or take it out."),
    ];
    for (kind, table, what, help) in kinds {
        for name in names.unused(kind) {
            let (line, column) = place(text, table, name);
            let message = format!("Nothing uses the {what} \u{201c}{name}\u{201d}.");
            let end = column + name.chars().count() as u32;
            found.push(Diagnostic::error(SETTINGS, line, column, "unused-name", message).help(help).until(end).hint());
        }
    }
}
