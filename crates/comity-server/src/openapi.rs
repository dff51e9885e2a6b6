//! `comity openapi`.

use crate::exit::Code;

pub fn run() -> anyhow::Result<Code> {
    println!("{}", comity_http::openapi().to_pretty_json()?);
    Ok(Code::Ok)
}
