//! `comity.toml` in the data folder: optional, every value has a default, an unknown one is an error. The environment
//! wins over the file: `COMITY_DATABASE`, `COMITY_PUBLIC_URL`.

use anyhow::Context as _;
use std::{path::Path, time::Duration};

/// Longer than nearly every request, shorter than what service managers wait before they kill.
const STOP_SECONDS: u64 = 20;

#[derive(Debug)]
pub struct Settings {
    /// SQLite in the data folder unless this says otherwise; `postgres://…` for PostgreSQL.
    pub database: Option<String>,
    /// `stop_seconds`: how long requests in hand may take when the server is to end.
    pub stop_within: Duration,
    pub app: comity_app::Config,
}

impl Settings {
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("comity.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let mut settings = Self::parse(&text).with_context(|| format!("in {}", path.display()))?;
        if let Ok(url) = std::env::var("COMITY_DATABASE") {
            settings.database = Some(url);
        }
        if let Ok(url) = std::env::var("COMITY_PUBLIC_URL") {
            settings.app.public_url = url;
        }
        Ok(settings)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut table: toml::Table = text.parse()?;
        let database = table.remove("database").map(toml::Value::try_into).transpose()?;
        let stop_seconds = table.remove("stop_seconds").map(toml::Value::try_into).transpose()?;
        let stop_within = Duration::from_secs(stop_seconds.unwrap_or(STOP_SECONDS));
        Ok(Self { database, stop_within, app: table.try_into()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_unknown_ones_refused() {
        let settings = Settings::parse("database = \"postgres://x\"\nstop_seconds = 5\n[decide]\nbatch = 7\n").unwrap();
        assert_eq!(settings.database.as_deref(), Some("postgres://x"));
        assert_eq!((settings.stop_within, settings.app.decide.batch), (Duration::from_secs(5), 7));
        assert_eq!(Settings::parse("").unwrap().stop_within, Duration::from_secs(STOP_SECONDS));
        let error = Settings::parse("[decide]\nbach = 7\n").unwrap_err();
        assert!(format!("{error:#}").contains("bach"), "{error:#}");
    }
}
