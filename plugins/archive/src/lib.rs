//! Files of posts in JSON Lines, as `comity import` takes them: a bad line is reported, and the rest goes on.

mod line;

use comity_plugin_sdk::{connector, prelude::*};

struct Archive;

#[derive(Default, serde::Deserialize)]
pub struct Config {
    /// The brand spoken to where a line does not say.
    company: Option<String>,
}

impl Connector for Archive {
    type Config = Config;

    fn describe() -> Description {
        Description {
            id: "archive".into(),
            name: "Archive".into(),
            summary: "Files of posts in JSON Lines: id, author, at, text, and what is known of their threads".into(),
            config_schema: include_str!("config.json").into(),
            ..about!()
        }
    }
}

impl Files for Archive {
    fn read(config: Config, first_line: u32, content: Vec<u8>) -> Result<Piece> {
        Ok(line::read_all(&config, first_line, &content))
    }
}

connector!(Archive: files);
